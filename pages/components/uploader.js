// Sends one file to disk on the server: announce it (POST), stream it (PUT, with progress), go on where a connection
// broke (GET tells where), or give it up (DELETE).
// Words come translated in `data.words`; what the server refuses comes back in its own words.

const going = new WeakMap() // root element → { stop: AbortController, ticket }
const WAITS = [1, 5, 30] // seconds before each further try; the server takes a silent connection for lost after 20
const PASSING = new Set([0, 409, 502, 503, 504]) // no answer, earlier bytes still arriving, a proxy without its server

async function announce(file) {
  const response = await fetch("/api/uploads", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ filename: file.name, size: file.size }),
  })
  const answer = await response.json()
  if (!response.ok) throw new Error(answer.error ?? "")
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
      reject(PASSING.has(xhr.status) ? new Lost() : new Error(answer.error ?? ""))
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
  if (!response.ok) throw new Error(answer.error ?? "")
  return answer
}

async function arrive(file, ticket, stop, onProgress, onLost) {
  for (let tried = 0; ; tried += 1) {
    try {
      stop.throwIfAborted()
      if (tried) ticket = await ask(ticket, stop)
      if (!ticket.done) await put(file, ticket, stop, onProgress)
      return
    } catch (error) {
      if (!(error instanceof Lost) || tried === WAITS.length) throw error
    }
    onLost()
    await wait(WAITS[tried], stop)
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

async function send(root, file, words, done) {
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
  root.querySelector(".name").textContent = file.name
  progress(0, file.size)
  show(root, "sending")
  root.querySelector(".cancel").focus()
  try {
    task.ticket = await announce(file)
    await arrive(file, task.ticket, stop.signal, progress, () => { much.textContent = words.again })
    done({ id: task.ticket.upload_id, name: file.name })
  } catch (error) {
    if (error.name === "AbortError") say(root, words.cancelled)
    else say(root, error instanceof Lost || error instanceof TypeError ? words.lost : error.message || words.refused)
    if (task.ticket) fetch(task.ticket.url, { method: "DELETE" }).catch(() => {})
  } finally {
    going.delete(root)
    root.querySelector("input").value = ""
    show(root, "idle")
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".uploader")
  const input = root.querySelector("input")
  const { words } = data
  for (const [place, word] of [[".invite", words.invite], [".choose", words.choose], [".kinds", words.kinds], [".cancel", words.cancel]])
    root.querySelector(place).textContent = word
  input.accept = data.accept
  input.setAttribute("aria-label", `${words.choose}. ${words.kinds}`)
  const start = (file) => file && send(root, file, words, (upload) => setTriggerValue("uploaded", upload))
  input.onchange = () => start(input.files[0])
  root.querySelector(".cancel").onclick = () => going.get(root)?.stop.abort()
  root.ondragover = (event) => { event.preventDefault(); root.classList.add("over") }
  root.ondragleave = () => root.classList.remove("over")
  root.ondrop = (event) => {
    event.preventDefault()
    root.classList.remove("over")
    start(event.dataTransfer.files[0])
  }
  return () => going.get(root)?.stop.abort()
}
