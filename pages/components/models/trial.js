// Sends the request that stands in the field, as any program would; only that the browser brings its person's name.

async function ask(root, data, given) {
  const { words, url, pictures } = data
  const button = root.querySelector("button")
  const status = root.querySelector(".status")
  let body = root.querySelector("textarea").value
  for (const [mark, content] of Object.entries(pictures)) {
    body = body.replaceAll(JSON.stringify(mark), JSON.stringify(content))
  }
  button.disabled = true
  status.textContent = words.asking
  root.dataset.state = "asking"
  const began = performance.now()
  try {
    const reply = await fetch(url, { method: "POST", headers: { "Content-Type": "application/json" }, body })
    const text = await reply.text()
    const took = Math.round(performance.now() - began)
    root.dataset.state = reply.ok ? "answered" : "refused"
    status.textContent = `${reply.status} ${reply.statusText} · ${words.took.replace("{n}", took)}`
    show(root, text)
    given(reply.ok ? (JSON.parse(text).answers ?? []).map((answer) => answer.prediction) : [])
  } catch {
    root.dataset.state = "refused"
    status.textContent = words.lost
    show(root, "")
  }
  button.disabled = false
}

function show(root, text) {
  const place = root.querySelector("pre")
  try { place.textContent = JSON.stringify(JSON.parse(text), null, 2) } catch { place.textContent = text }
  place.hidden = !text
}

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".trial")
  const field = root.querySelector("textarea")
  if (root.dataset.prefilled !== data.url + data.body) { // another request: what stood here was about the last one
    root.dataset.prefilled = data.url + data.body
    field.value = data.body
    field.rows = Math.min(20, data.body.split("\n").length + 1)
    root.querySelector(".status").textContent = ""
    show(root, "")
  }
  root.querySelector("label").textContent = data.words.body
  root.querySelector("button").textContent = data.words.ask
  root.querySelector("pre").setAttribute("aria-label", data.words.answer)
  field.onchange = () => setStateValue("body", field.value)
  root.querySelector("button").onclick = () => ask(root, data, (answers) => setStateValue("answers", answers))
}
