// Uploads with progress: files are dropped or chosen, sent with a bar each, tried again after a broken connection, and
// cancelled cleanly. Without this script the form sends them by itself.
const PAUSES = [1, 2, 4, 8, 16, 30], AT_ONCE = 3, LONGEST_ADDRESS = 7000;
const SYSTEM = /^(\.DS_Store|Thumbs\.db|desktop\.ini|\._.*)$/i;

function made(name, text = "", className = "") {
  const element = document.createElement(name);
  element.textContent = text;
  if (className) element.className = className;
  return element;
}

function quiet(text, act) {
  const button = made("button", text, "quiet");
  button.type = "button";
  button.addEventListener("click", act);
  return button;
}

function randomKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

const lastName = (path) => path.normalize("NFC").toLowerCase().split(/[\\/]/).pop();
const worded = (text, parts) => text.replace(/\{(\w+)\}/g, (whole, name) => parts[name] ?? whole);

// One thing that is sent: a file by itself, or a whole form. `start` says how to send it.
class Sending {
  constructor(list, words, name, start) {
    Object.assign(this, { words, start, state: "waiting", tries: 0, list });
    this.row = made("li", "", "upload");
    this.bar = made("progress");
    this.bar.max = 1; this.bar.value = 0; this.bar.setAttribute("aria-label", name);
    this.said = made("span", words.waiting, "said");
    this.buttons = made("span", "", "buttons");
    this.row.append(made("span", name, "name"), this.bar, this.said, this.buttons);
    list.rows.append(this.row);
    this.wait();
  }
  show(state, text, buttons = []) {
    this.state = state;
    this.row.dataset.state = state;
    this.said.textContent = text;
    this.buttons.replaceChildren(...buttons.map(([name, act]) => quiet(name, act)));
  }
  get open() { return ["waiting", "sending", "pausing"].includes(this.state); }
  cancel() {
    clearTimeout(this.timer);
    const before = this.state;
    this.show("cancelled", this.words.cancelled);
    if (this.request) this.request.abort();
    if (before === "waiting" && !this.list.running) { this.row.remove(); this.list.drop(this); }
    this.list.next();
  }
  send() {
    const request = this.request = new XMLHttpRequest();
    const cancel = [[this.words.cancel, () => this.cancel()]];
    this.show("sending", worded(this.words.sending, { percent: 0 }), cancel);
    request.upload.onprogress = (event) => {
      if (!event.lengthComputable || this.state !== "sending") return;
      this.bar.value = event.loaded / event.total;
      this.said.textContent = event.loaded === event.total ? this.words.storing
        : worded(this.words.sending, { percent: Math.floor(100 * event.loaded / event.total) });
    };
    request.onload = () => this.answered(request);
    request.onerror = request.ontimeout = () => this.broken();
    this.start(request);
  }
  answered(request) {
    let answer = {};
    try { answer = JSON.parse(request.responseText); } catch { /* not ours: judged by its status */ }
    if (request.status >= 200 && request.status < 300 && answer.id) {
      this.answer = answer;
      this.bar.value = 1;
      this.show("done", this.words.stored);
      const link = made("a", answer.title);
      link.href = answer.address;
      this.said.append(" ", link);
      for (const same of answer.same_bytes || []) {
        const other = made("a", same.title), line = made("div", worded(this.words.same, { file: same.file_name }) + " ");
        other.href = same.address;
        line.append(other);
        this.said.append(line);
      }
      this.list.next();
    } else if (request.status >= 500 || request.status === 429 || request.status === 0) this.broken();
    else this.refused(request.status === 401 || !answer.message ? this.words.signedOut : answer.message);
  }
  broken() {
    if (this.state === "cancelled") return;
    const pause = PAUSES[this.tries++];
    if (pause === undefined) return this.refused(this.words.givenUp);
    this.show("pausing", worded(this.words.broken, { seconds: pause }), [[this.words.again, () => this.again()], [this.words.cancel, () => this.cancel()]]);
    this.timer = setTimeout(() => this.send(), pause * 1000);
  }
  get removal() { return [this.words.remove, () => { this.row.remove(); this.list.drop(this); this.list.next(); }]; }
  unusable(text) { this.show("unusable", text, [this.removal]); }
  refused(text) {
    this.show("refused", text, [[this.words.again, () => this.again()], this.removal]);
    this.list.next();
  }
  wait() {
    this.tries = 0;
    this.show("waiting", this.words.waiting, [[this.words.remove, () => this.cancel()]]);
  }
  async again() {
    clearTimeout(this.timer);
    if (this.state === "refused") { this.tries = 0; await this.list.refresh(); }
    this.send();
  }
}

class Uploads {
  constructor(form) {
    this.form = form;
    this.box = form.querySelector(".uploads");
    this.words = this.box.dataset;
    this.input = form.querySelector("input[type=file]");
    this.sendings = [];
    this.running = false;
    this.rows = made("ul", "", "upload-rows");
    this.sum = made("p", "", "upload-sum");
    this.sum.setAttribute("role", "status");
    this.all = made("p", "", "actions");
    this.box.append(made("p", this.words.dropHere, "hint"), this.folderButton(), this.rows, this.sum, this.all);
    this.input.addEventListener("change", () => { this.add([...this.input.files]); this.input.value = ""; });
    form.addEventListener("dragover", (event) => { event.preventDefault(); form.classList.add("over"); });
    form.addEventListener("dragleave", () => form.classList.remove("over"));
    form.addEventListener("drop", (event) => { event.preventDefault(); form.classList.remove("over"); this.dropped(event.dataTransfer); });
    form.addEventListener("submit", (event) => this.submit(event));
    window.addEventListener("beforeunload", (event) => { if (this.running && this.sendings.some((each) => each.open)) event.preventDefault(); });
  }
  folderButton() {
    const input = made("input");
    Object.assign(input, { type: "file", multiple: true, webkitdirectory: true, hidden: true });
    input.addEventListener("change", () => { this.add([...input.files]); input.value = ""; });
    const button = quiet(this.words.folder, () => input.click());
    const both = made("p");
    both.append(button, input);
    return both;
  }
  async dropped(data) {
    const entries = [...data.items].map((item) => item.webkitGetAsEntry && item.webkitGetAsEntry()).filter(Boolean);
    if (!entries.length) return this.add([...data.files]);
    const files = [];
    for (const entry of entries) await this.walk(entry, files);
    this.add(files);
  }
  async walk(entry, files) {
    if (entry.isFile) {
      const file = await new Promise((done, fail) => entry.file(done, fail));
      file.path = entry.fullPath.slice(1);
      return files.push(file);
    }
    const reader = entry.createReader();
    for (;;) {  // a reader hands out a hundred at a time
      const some = await new Promise((done, fail) => reader.readEntries(done, fail));
      if (!some.length) return;
      for (const each of some) await this.walk(each, files);
    }
  }
  // Where a page lists the files it waits for, others are left out, as a folder holds many.
  wanted(files) {
    const awaited = new Set([...document.querySelectorAll("[data-file]")].map((each) => lastName(each.dataset.file)));
    const asked = (name) => awaited.has(lastName(name)) || /[;；]/.test(name);  // a table may have torn such a name apart
    const found = this.form.dataset.wanted ? files.filter((each) => asked(each.name)) : files;
    if (found.length < files.length) this.sum.textContent = worded(this.form.dataset.wanted, { count: files.length - found.length });
    return found;
  }
  add(files) {
    for (const file of this.wanted(files.filter((each) => !SYSTEM.test(each.name)))) {
      const sending = new Sending(this, this.words, file.name, (request) => this.put(request, sending));
      Object.assign(sending, { file, key: randomKey() });
      this.sendings.push(sending);
      if (file.size > Number(this.words.limit)) sending.unusable(worded(this.words.tooLarge, { limit: Math.floor(this.words.limit / 1048576) }));
      else if (!file.size) sending.unusable(this.words.empty);
    }
  }
  drop(sending) { this.sendings = this.sendings.filter((each) => each !== sending); }
  value(name) { const field = this.form.elements[name]; return field ? field.value : ""; }
  get each() { return this.form.dataset.each && this.value("mode") === "each"; }
  submit(event) {
    const nil = this.form.elements.nil_return;
    const files = this.sendings.filter((each) => each.file && ["waiting", "refused"].includes(each.state));
    if (this.running) { event.preventDefault(); event.stopImmediatePropagation(); return; }
    if (!files.length) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    files.forEach((each) => each.wait());
    if (this.each && this.address(files[0]).length < LONGEST_ADDRESS && !(nil && nil.checked)) {
      this.several = files.length > 1;
      this.running = true;
      this.next();
    } else this.whole(files);
  }
  address(sending) {
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(this.form)) if (typeof value === "string" && value && !["form_key", "once", "mode", "nil_return"].includes(name)) query.append(name, value);
    if (this.several) query.set("several", "yes");
    const path = this.form.dataset.after ? sending.file.path || sending.file.webkitRelativePath : "";  // folders tell files apart
    return `${this.form.dataset.each}/${(path || sending.file.name).split("/").map(encodeURIComponent).join("/")}?${query}`;
  }
  put(request, sending) {
    if (!sending.address || sending.tries === 0) sending.address = this.address(sending);
    request.open("PUT", sending.address);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-Form-Key", this.value("form_key"));
    request.setRequestHeader("Idempotency-Key", sending.key);
    request.send(sending.file);
  }
  whole(files) {  // everything in one request: one item, or a new version
    this.running = true;
    this.sendings.filter((each) => each.files).forEach((each) => { each.row.remove(); this.drop(each); });
    const sending = new Sending(this, this.words, this.words.allFiles, (request) => {
      for (const each of files) each.show("joined", this.words.waiting);
      const data = new FormData(this.form);
      data.delete("file");
      for (const each of files) data.append("file", each.file, each.file.name);
      request.open("POST", this.form.action);
      request.setRequestHeader("Accept", "application/json");
      request.send(data);
    });
    sending.files = files;
    this.sendings.push(sending);
    sending.send();
  }
  next() {
    if (!this.running) return;
    const counted = this.sendings.filter((each) => each.state !== "joined");
    for (const each of counted.filter((one) => one.state === "waiting").slice(0, Math.max(0, AT_ONCE - counted.filter((one) => one.state === "sending" || one.state === "pausing").length))) each.send();
    const done = counted.filter((each) => each.state === "done"), whole = done.find((each) => each.files);
    if (whole) { this.running = false; location.assign(whole.answer.address); return; }
    const all = counted.length;
    this.sum.textContent = worded(this.words.finished, { done: done.length, all });
    const open = counted.some((each) => each.open), failed = counted.filter((each) => each.state === "refused" && each.file);
    this.all.replaceChildren(...(open ? [quiet(this.words.cancelAll, () => counted.filter((each) => each.open).forEach((each) => each.cancel()))] : failed.length > 1 ? [quiet(this.words.againAll, () => { this.running = true; failed.forEach((each) => each.again()); })] : []));
    if (open) return;
    this.running = false;
    if (this.form.dataset.after && all && done.length === all) { location.assign(this.form.dataset.after); return; }
    for (const each of counted.filter((one) => one.files)) {  // the whole was refused or cancelled: the files wait again
      each.files.forEach((file) => file.wait());
      if (each.state === "cancelled") { each.row.remove(); this.drop(each); this.sum.textContent = ""; }
    }
  }
  async refresh() {  // a session that ended and began again has another key
    try {
      const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
      const key = page.querySelector("[name=form_key]");
      if (key && page.querySelector("form[data-upload]")) this.form.elements.form_key.value = key.value;
    } catch { /* the connection is broken: sending will say so */ }
    this.running = true;
  }
}

// A long list of boxes by clause is searched by words.
function searchable(choices) {
  const input = made("input"), nothing = made("p", choices.dataset.nothing, "hint"), groups = [...choices.querySelectorAll("details")];
  Object.assign(input, { type: "search", placeholder: choices.dataset.search });
  input.setAttribute("aria-label", choices.dataset.search);
  nothing.hidden = true;
  groups.forEach((group) => { group.dataset.was = group.open ? "yes" : ""; });
  input.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let found = 0;
    for (const group of groups) {
      const title = group.querySelector("summary").textContent.toLowerCase();
      let here = 0;
      for (const label of group.querySelectorAll("label")) {
        const text = `${title} ${label.textContent.toLowerCase()}`, fits = words.every((word) => text.includes(word));
        label.hidden = !fits;
        here += fits;
      }
      group.hidden = !here;
      group.open = words.length ? here > 0 : group.dataset.was === "yes" || Boolean(group.querySelector(":checked"));
      found += here;
    }
    nothing.hidden = found > 0;
  });
  choices.querySelector("legend").after(input, nothing);
}

document.querySelectorAll("form[data-upload]").forEach((form) => new Uploads(form));
document.querySelectorAll("[data-search]").forEach(searchable);
