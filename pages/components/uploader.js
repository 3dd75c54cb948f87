// Sends one file to disk on the server: announce it (POST), stream it (PUT, with progress), go on where a connection
// broke (GET tells where), or give it up (DELETE). A folder, or several files, are first packed into one archive.
// Words come translated in `data.words`; what the server refuses comes back in its own words.

const going = new WeakMap() // root element → { stop: AbortController, ticket }
const WAITS = [1, 5, 30, 60, 120] // seconds before each further try; the server takes a silent connection for lost after 20
const PASSING = new Set([0, 409, 502, 503, 504]) // no answer, earlier bytes still arriving, a proxy without its server

function only(file) {
  return { name: file.name, take: async () => file }
}

// Files with their paths as one archive, not compressed; `ZIP` is the address of a library, loaded when it is needed.
function packed(name, list) {
  return {
    name,
    take: async (onCount) => {
      const files = await list(onCount)
      const { downloadZip } = await import(ZIP)
      return new File([await downloadZip(files).blob()], `${name}.zip`, { type: "application/zip" })
    },
  }
}

function picked(files) {
  if (files.length < 2 && !files[0]?.webkitRelativePath) return files[0] && only(files[0])
  const named = [...files].map((file) => ({ name: file.webkitRelativePath || file.name, input: file }))
  return packed(folder(named), async () => named)
}

function dropped(items) {
  const entries = [...items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean)
  if (!entries.some((entry) => entry.isDirectory)) return null
  const name = entries.length === 1 ? entries[0].name : "files"
  return packed(name, async (onCount) => {
    const found = []
    for (const entry of entries) await walk(entry, "", found, onCount)
    return found
  })
}

function folder(named) {
  const roots = new Set(named.map(({ name }) => name.split("/")[0]))
  return roots.size === 1 ? [...roots][0] : "files"
}

async function walk(entry, path, found, onCount) {
  if (entry.isFile) {
    found.push({ name: path + entry.name, input: await new Promise((take, fail) => entry.file(take, fail)) })
    if (found.length % 500 === 0) onCount(found.length)
    return
  }
  const reader = entry.createReader()
  for (;;) { // a reader gives some entries at a time, and none when there are no more
    const some = await new Promise((take, fail) => reader.readEntries(take, fail))
    if (!some.length) return
    for (const each of some) await walk(each, `${path}${entry.name}/`, found, onCount)
  }
}

async function announce(file) {
  const response = await fetch("/api/uploads", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ filename: file.name, size: file.size }),
  })
  const answer = await response.json()
  if (!response.ok) throw new Error(answer.detail ?? "")
  return answer
}

class Lost extends Error {}

function put(file, ticket, stop, onProgress) {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest()
    const abort = () => xhr.abort()
    stop.addEventListener("abort", abort)
    xhr.upload.onprogress = (event) => onProgress(ticket.offset + event.loaded, file.size)
    xhr.onabort = () => reject(new DOMException("", "AbortError"))
    xhr.onerror = () => reject(new Lost())
    xhr.onload = () => {
      if (xhr.status < 300) return resolve()
      let answer = {}
      try { answer = JSON.parse(xhr.responseText) } catch { /* a proxy's page: no words of ours */ }
      reject(PASSING.has(xhr.status) ? new Lost() : new Error(answer.detail ?? ""))
    }
    xhr.onloadend = () => stop.removeEventListener("abort", abort)
    xhr.open("PUT", ticket.url)
    xhr.setRequestHeader("X-Upload-Token", ticket.token)
    xhr.setRequestHeader("Upload-Offset", ticket.offset)
    xhr.setRequestHeader("Content-Type", "application/octet-stream")
    xhr.send(ticket.offset ? file.slice(ticket.offset) : file)
  })
}

function wait(seconds, stop) {
  return new Promise((resolve, reject) => {
    setTimeout(resolve, seconds * 1000)
    stop.addEventListener("abort", () => reject(new DOMException("", "AbortError")), { once: true })
  })
}

async function ask(ticket, stop) {
  let response
  try { response = await fetch(ticket.url, { signal: stop }) } catch (error) {
    throw error.name === "AbortError" ? error : new Lost()
  }
  if (PASSING.has(response.status)) throw new Lost()
  const answer = await response.json()
  if (!response.ok) throw new Error(answer.detail ?? "")
  return answer
}

async function arrive(file, ticket, stop, onProgress, onLost) {
  let tried = 0
  for (let broken = false; ; broken = true) {
    try {
      stop.throwIfAborted()
      if (broken) {
        const before = ticket.offset
        ticket = await ask(ticket, stop)
        if (ticket.offset > before) tried = 0 // it gets on, however often the line breaks
      }
      if (!ticket.done) await put(file, ticket, stop, onProgress)
      return
    } catch (error) {
      if (!(error instanceof Lost) || tried === WAITS.length) throw error
    }
    onLost()
    await wait(WAITS[tried++], stop)
  }
}

function size(bytes) {
  const units = ["B", "kB", "MB", "GB"]
  let at = 0
  while (bytes >= 1000 && at < 3) { bytes /= 1000; at += 1 }
  return `${bytes.toFixed(at && bytes < 100 ? 1 : 0)} ${units[at]}`
}

function show(root, state) {
  root.dataset.state = state
  root.querySelector(".idle").hidden = state === "sending"
  root.querySelector(".sending").hidden = state !== "sending"
}

function say(root, fault) {
  const place = root.querySelector(".fault")
  place.textContent = fault
  place.hidden = !fault
}

async function send(root, chosen, words, done) {
  if (going.has(root)) return
  const stop = new AbortController()
  const task = { stop, ticket: null }
  going.set(root, task)
  const bar = root.querySelector("progress")
  const much = root.querySelector(".much")
  const began = performance.now()
  const progress = (sent, all) => {
    const share = all ? sent / all : 1
    const left = ((performance.now() - began) / 1000) * (1 / Math.max(share, 1e-6) - 1)
    bar.value = share
    const both = `${size(sent)} / ${size(all)}`
    much.textContent =
      share >= 1 ? words.checking : left > 2 ? `${both} · ${words.left.replace("{n}", Math.round(left))}` : both
  }
  say(root, "")
  root.querySelector(".name").textContent = chosen.name
  bar.value = 0
  much.textContent = words.packing
  show(root, "sending")
  root.querySelector(".cancel").focus()
  try {
    const file = await chosen.take((count) => { much.textContent = `${words.packing} ${count}` })
    stop.signal.throwIfAborted()
    progress(0, file.size)
    task.ticket = await announce(file)
    await arrive(file, task.ticket, stop.signal, progress, () => { much.textContent = words.again })
    done({ id: task.ticket.upload_id, name: file.name })
  } catch (error) {
    if (error.name === "AbortError") say(root, words.cancelled)
    else say(root, error instanceof Lost || error instanceof TypeError ? words.lost : error.message || words.refused)
    if (task.ticket) fetch(task.ticket.url, { method: "DELETE" }).catch(() => {})
  } finally {
    going.delete(root)
    for (const input of root.querySelectorAll("input")) input.value = ""
    show(root, "idle")
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".uploader")
  const [file, directory] = root.querySelectorAll("input")
  const { words } = data
  for (const [place, word] of [
    [".invite", words.invite], [".choose.file", words.choose], [".choose.folder", words.folder],
    [".kinds", words.kinds], [".cancel", words.cancel],
  ]) root.querySelector(place).textContent = word
  file.accept = data.accept
  file.setAttribute("aria-label", `${words.choose}. ${words.kinds}`)
  directory.setAttribute("aria-label", words.folder)
  const start = (chosen) => chosen && send(root, chosen, words, (upload) => setTriggerValue("uploaded", upload))
  for (const input of [file, directory]) input.onchange = () => start(picked(input.files))
  root.querySelector(".cancel").onclick = () => going.get(root)?.stop.abort()
  root.ondragover = (event) => { event.preventDefault(); root.classList.add("over") }
  root.ondragleave = () => root.classList.remove("over")
  root.ondrop = (event) => {
    event.preventDefault()
    root.classList.remove("over")
    start(dropped(event.dataTransfer.items) ?? picked(event.dataTransfer.files))
  }
  return () => going.get(root)?.stop.abort()
}
