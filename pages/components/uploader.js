// Sends one file to disk on the server: announce it (POST), stream it (PUT, with progress), or give it up (DELETE).
// Words come translated in `data.words`; what the server refuses comes back in its own words.

const going = new WeakMap() // root element → { xhr, ticket }

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

function put(file, ticket, xhr, onProgress) {
  return new Promise((resolve, reject) => {
    xhr.upload.onprogress = (event) => onProgress(event.loaded, file.size)
    xhr.onerror = () => reject(new Error("lost"))
    xhr.onabort = () => reject(new DOMException("", "AbortError"))
    xhr.onload = () => {
      let answer = {}
      try { answer = JSON.parse(xhr.responseText) } catch { /* a proxy's page: no words of ours */ }
      if (xhr.status < 300) resolve(answer)
      else reject(new Error(answer.error ?? ""))
    }
    xhr.open("PUT", ticket.url)
    xhr.setRequestHeader("X-Upload-Token", ticket.token)
    xhr.setRequestHeader("Content-Type", "application/octet-stream")
    xhr.send(file)
  })
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
  const xhr = new XMLHttpRequest()
  const task = { xhr, ticket: null }
  going.set(root, task)
  const bar = root.querySelector("progress")
  const began = performance.now()
  const progress = (sent, all) => {
    const share = all ? sent / all : 1
    const left = ((performance.now() - began) / 1000) * (1 / Math.max(share, 1e-6) - 1)
    bar.value = share
    const much = `${size(sent)} / ${size(all)}`
    root.querySelector(".much").textContent =
      share >= 1 ? words.checking : left > 2 ? `${much} · ${words.left.replace("{n}", Math.round(left))}` : much
  }
  say(root, "")
  root.querySelector(".name").textContent = file.name
  progress(0, file.size)
  show(root, "sending")
  root.querySelector(".cancel").focus()
  try {
    task.ticket = await announce(file)
    await put(file, task.ticket, xhr, progress)
    done({ id: task.ticket.upload_id, name: file.name })
  } catch (error) {
    if (error.name === "AbortError") say(root, words.cancelled)
    else say(root, error.message === "lost" || error instanceof TypeError ? words.lost : error.message || words.refused)
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
  root.querySelector(".cancel").onclick = () => going.get(root)?.xhr.abort()
  root.ondragover = (event) => { event.preventDefault(); root.classList.add("over") }
  root.ondragleave = () => root.classList.remove("over")
  root.ondrop = (event) => {
    event.preventDefault()
    root.classList.remove("over")
    start(event.dataTransfer.files[0])
  }
  return () => going.get(root)?.xhr.abort()
}
