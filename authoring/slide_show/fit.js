/* Fits the slides before reveal.js shows them: text and code grow into the free room of their page,
   pictures stand below the rest or beside it, and what does not fit is dealt out to more pages. */
"use strict";

const CODE = 20.5;                                       // px of a page's 720: the least size of code
const ZOOMS = [1.42, 1.35, 1.28, 1.21, 1.14, 1.07, 1.03, 1];  // how large text may be, of 22 px,
const SMALL = [0.93, 0.86];                              // and where one page could not hold it otherwise
const LEFTS = [460, 520, 580, 640, 700, 760];            // widths of what stands beside pictures
const LEAST = {plot: 1, drawing: 0.8}, LARGEST = 1.6;    // scales of pictures that can be read
const CODES = ".code pre, .text pre, .printed pre[style], .printed .highlight pre";  // not to be wrapped

const is = (block, ...kinds) => kinds.some(kind => block.classList.contains(kind));
const shows = block => is(block, "printed", "picture");
const nearest = (places, middle, of) => places.sort((a, b) => Math.abs(of(a) - middle) - Math.abs(of(b) - middle))[0];

function make(kind, inside) {
  const made = document.createElement("div");
  made.className = kind;
  made.append(...inside);
  return made;
}

/* The width of the longest line of code, if it is 1 px large. */
function longest(pre) {
  const style = pre.getAttribute("style");
  pre.style.cssText += "; width: max-content; white-space: pre; font-size: 100px; padding: 0";
  const wide = pre.clientWidth / 100 * (style ? 0.9 : 1);  // with a style of its own it is printed: smaller
  style ? pre.setAttribute("style", style) : pre.removeAttribute("style");
  return wide;
}

/* The scale at which the pictures of a page fit into their room (and set it), and whether they can be read. */
function scaleOf(pictures, set) {
  let scale = LARGEST, least = 0;
  for (const picture of pictures) {
    const parts = [...picture.querySelectorAll("img, svg")];
    const side = (one, name, natural) => parseFloat(one.getAttribute(name)) || one[natural] || 300;
    const sizes = parts.map(one => [side(one, "width", "naturalWidth"), side(one, "height", "naturalHeight")]);
    const wide = sizes.reduce((sum, [one]) => sum + one, 24 * (parts.length - 1));
    scale = Math.min(scale, picture.clientWidth / wide, ...sizes.map(([, high]) => picture.clientHeight / high));
    least = Math.max(least, /^data:image.svg/.test(parts[0].src ?? "data:image/svg") ? LEAST.drawing : LEAST.plot);
    parts.forEach((one, n) => one.style.cssText =
      set ? `width: ${sizes[n][0] * set}px; height: ${sizes[n][1] * set}px` : "");
  }
  return [scale, scale >= least];
}

/* Lay out blocks on a page, as large as they fit: how good that is, or 0 if they do not. */
function layOut(page, blocks) {
  const pictures = blocks.filter(block => is(block, "picture"));
  const others = blocks.filter(block => !is(block, "picture"));
  const stand = (columns, style) => {
    page.className = columns.length > 1 ? "page beside" : "page";
    page.replaceChildren(...columns.map(inside => make("column", inside)));
    page.style.cssText = style;
  };
  scaleOf(pictures);
  stand([blocks], "");
  const letters = Math.max(0.1, ...[...page.querySelectorAll(CODES)].map(longest));
  let best = {worth: 0};
  for (const left of pictures.length && others.length ? [0, ...LEFTS] : [0]) {
    const columns = left ? [others, pictures] : [blocks], room = left ? left - 12 : 1200;
    if (left && CODE * letters > room) continue;
    stand(columns, "");
    for (const zoom of blocks.some(shows) && blocks.length > 1 ? ZOOMS : [...ZOOMS, ...SMALL]) {
      const code = Math.max(CODE, Math.min(CODE * zoom, Math.floor(100 * room / letters) / 100));
      const printed = Math.min(0.9 * CODE * Math.max(1, zoom), code);
      page.style.cssText = `--zoom: ${zoom}; --code: ${code}px; --printed: ${printed}px; --left: ${left}px`;
      const over = one => one.scrollHeight > one.clientHeight || one.scrollWidth > one.clientWidth + 40;
      const [scale, read] = scaleOf(pictures);
      const worth = Math.cbrt(zoom * code / CODE) * Math.min(scale, 1.3);
      if (![...page.children].some(over) && (read || blocks.length == 1) && worth > best.worth)
        best = {worth, columns, scale, style: page.style.cssText};
      if (best.worth && !pictures.length) break;
    }
  }
  if (best.worth) {
    stand(best.columns, best.style);
    scaleOf(pictures, best.scale);
  }
  return best.worth;
}

/* Places where a block may be broken: a node, an offset in it, and how far down that is. */
function* breaks(block, kind, pattern) {
  for (const one of block.querySelectorAll(":scope > * + *, li + li, tr + tr")) {
    const before = one.previousElementSibling;
    if (!/^H\d/.test(before.tagName) && !/:\s*$/.test(before.textContent))
      yield [one.parentNode, [...one.parentNode.childNodes].indexOf(one), one.getBoundingClientRect().top];
  }
  for (const one of block.querySelectorAll(kind)) {
    const text = one.textContent.trimEnd(), box = one.getBoundingClientRect();
    const words = document.createTreeWalker(one, NodeFilter.SHOW_TEXT);
    let before = 0, node = words.nextNode();
    for (const {index} of text.matchAll(pattern)) {
      for (; before + node.length <= index; node = words.nextNode()) before += node.length;
      yield [node, index - before, box.top + box.height * index / text.length];
    }
  }
}

/* A block in as few parts as fit on a page each; what cannot be broken is made smaller. */
function parts(page, block) {
  if (layOut(page, [block])) return [block];
  const box = block.getBoundingClientRect();
  const ways = [["pre", /\n(?=\n)/g], ["pre", /\n/g], ["p", / /g]].map(way => [...breaks(block, ...way)]);
  const cut = nearest(ways.find(places => places.length) ?? [], box.top + box.height / 2, place => place[2]);
  if (!cut) {
    for (let zoom = 0.95; zoom > 0.1 && !layOut(page, [block]); zoom -= 0.05) block.style.zoom = zoom;
    return [block];
  }
  const range = document.createRange(), first = block.cloneNode(false);
  range.setStart(block, 0);
  range.setEnd(cut[0], cut[1]);
  first.append(range.extractContents());
  if (cut[0].data) cut[0].data = cut[0].data.replace(/^\n+/, "");
  if (cut[0].tagName == "OL") cut[0].start += first.lastElementChild.childElementCount;
  return [...parts(page, first), ...parts(page, block)];
}

/* What would come with a key at the top of a page stands there at once. */
function showAtOnce(blocks) {
  const key = blocks[0].dataset.fragmentIndex;
  for (const block of blocks) if (block.dataset.fragmentIndex == key) block.classList.remove("fragment");
}

/* Blocks dealt out to as few pages as hold them. A text stays with the code it leads to, and code with
   its answers; where these do not fit, the code stands above them once more if both are large there. */
function deal(page, blocks) {
  if (blocks.length < 2 || layOut(page, blocks)) return [blocks];
  let best = {n: 1, value: -3000};
  for (let n = 1, worth; n < blocks.length && (worth = layOut(page, blocks.slice(0, n))); n++) {
    const leads = is(blocks[n - 1], "text") && is(blocks[n], "code"), rest = layOut(page, blocks.slice(n));
    const value = shows(blocks[n]) ? n - 1000 : (rest ? 1000 + Math.min(worth, rest) : n) - 2000 * leads;
    if (value >= best.value) best = {n, value};
  }
  const before = blocks.slice(0, best.n), after = blocks.slice(best.n);
  if (shows(after[0])) {
    showAtOnce(after);
    const its = before.filter(block => is(block, "code") && block.dataset.cell == after[0].dataset.cell);
    const code = its.pop()?.cloneNode(true);
    if (code && layOut(page, [code, after[0]]) > 1.1) after.unshift(code);
  }
  return [before, ...deal(page, after)];
}

/* A tall drawing of a model in two columns, cut through an arrow near its middle. */
function inColumns(image) {
  const code = Uint8Array.from(atob(image.src.split(",")[1]), letter => letter.charCodeAt(0));
  const drawing = make("", []);
  drawing.innerHTML = new TextDecoder().decode(code);
  const whole = drawing.querySelector("svg"), box = whole.viewBox.baseVal;
  const [x, y, width, height] = box?.width ? [box.x, box.y, box.width, box.height] :
    [0, 0, image.naturalWidth, image.naturalHeight];
  image.after(whole);
  whole.style.cssText = `flex: none; width: ${width}px; height: ${height}px`;
  const arrows = [...whole.querySelectorAll(".edge path")].map(one => one.getBoundingClientRect());
  const top = whole.getBoundingClientRect().top, middles = arrows.map(box => (box.top + box.bottom) / 2 - top);
  const cut = nearest(middles, height / 2, one => one) ?? height / 2;
  for (const [from, to] of [[0, cut], [cut, height]]) {
    const column = whole.cloneNode(true);
    column.setAttribute("viewBox", `${x} ${y + from} ${width} ${to - from}`);
    column.setAttribute("height", image.naturalHeight * (to - from) / height);
    column.setAttribute("width", image.naturalWidth);
    whole.before(column);
  }
  whole.remove();
  image.remove();
}

function fit() {
  for (const image of document.querySelectorAll('.picture img[src^="data:image/svg"]'))
    if (image.naturalHeight * LEAST.drawing > 660) inColumns(image);
  for (const stack of document.querySelectorAll(".slides > section")) {
    for (let section of stack.querySelectorAll("section")) {
      const page = section.firstElementChild, blocks = [];
      section.append(...page.querySelectorAll(".notes"));
      for (const block of page.querySelectorAll(".text, .code, .printed, .picture")) {
        const last = blocks.at(-1), more = last && is(last, "printed") && is(block, "printed");
        if (more && last.dataset.cell == block.dataset.cell) last.append(...block.childNodes);
        else blocks.push(block);
      }
      const [first, ...rest] = deal(page, blocks.flatMap(block => parts(page, block)));
      layOut(page, first);
      for (const more of rest) {
        section.after(section = section.cloneNode(false));
        section.append(make("page", []));
        showAtOnce(more);
        layOut(section.firstElementChild, more);
      }
      if (!blocks.length) section.remove();
    }
    const [, minutes] = /· (\d+) minutes/.exec(stack.querySelector(".notes")?.textContent) ?? [0, 0];
    for (const section of stack.children) section.dataset.timing = Math.round(60 * minutes / stack.childElementCount);
  }
  const pages = [...document.querySelectorAll("[data-running]")];
  pages.forEach((section, n) => section.dataset.number = `${n + 1} / ${pages.length}`);
  if (location.search == "?script")
    for (const notes of document.querySelectorAll(".notes")) notes.parentNode.after(make("script", [notes.cloneNode(true)]));
}

addEventListener("load", () => {
  document.documentElement.classList.add("fitting");
  try {
    fit();
  } finally {
    document.documentElement.classList.remove("fitting");
    Reveal.initialize({
      width: 1280, height: 720, margin: 0, minScale: 0.1, maxScale: 5, center: false, hash: true, controls: false,
      transition: "none", backgroundTransition: "none", navigationMode: "linear", defaultTiming: 0, plugins: [RevealNotes],
    });
  }
});
