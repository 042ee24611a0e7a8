/* Fits the slides before reveal.js shows them: text and code grow into the free room of their page,
   pictures stand below the rest or beside it, and what does not fit is dealt out to more pages. */
"use strict";

const CODE = 20.5;                                    // px of a page's 720: the least size of code
const ZOOMS = [1.42, 1.35, 1.28, 1.21, 1.14, 1.07, 1];  // how much larger than the least all may be
const LEFTS = [460, 520, 580, 640, 700, 760];         // widths of what stands beside pictures
const LEAST = {IMG: 1.1, svg: 0.8}, LARGEST = 1.6;   // scales of pictures that can be read
const is = (block, kind) => block.classList.contains(kind);
const answers = block => is(block, "printed") || is(block, "picture");

function make(kind, inside) {
  const made = document.createElement("div");
  made.className = kind;
  made.append(...inside);
  return made;
}

/* The width of the longest line that is not to be broken, for code of 1 px. */
function longest(pre) {
  const style = pre.getAttribute("style");
  pre.style.cssText += "; width: max-content; white-space: pre; font-size: 100px; padding: 0";
  const wide = pre.clientWidth / 100 * (style ? 0.9 : 1);  // what is printed is smaller
  style ? pre.setAttribute("style", style) : pre.removeAttribute("style");
  return wide;
}

/* The scale at which the pictures of a page are shown, and whether all can be read. */
function scaleOf(pictures, final) {
  let scale = LARGEST, read = true;
  for (const picture of pictures) {
    const parts = [...picture.querySelectorAll("img, svg")];
    const sizes = parts.map(one => [
      parseFloat(one.getAttribute("width")) || one.naturalWidth || 300,
      parseFloat(one.getAttribute("height")) || one.naturalHeight || 300,
    ]);
    const wide = sizes.reduce((sum, [one]) => sum + one, 24 * (sizes.length - 1));
    const high = Math.max(...sizes.map(([, one]) => one));
    scale = Math.min(scale, picture.clientWidth / wide, picture.clientHeight / high);
    read = read && scale >= LEAST[parts[0].tagName];
    if (final) parts.forEach((one, place) => {
      one.style.cssText = `width: ${sizes[place][0] * final}px; height: ${sizes[place][1] * final}px`;
    });
  }
  return {scale, read};
}

/* Lay out blocks on a page, as large as they fit: how good that is, or 0 if they do not. */
function layOut(page, blocks) {
  const pictures = blocks.filter(block => is(block, "picture"));
  const others = blocks.filter(block => !is(block, "picture"));
  const stand = columns => {
    page.className = columns.length > 1 ? "page beside" : "page";
    page.replaceChildren(...columns.map(inside => make("column", inside)));
  };
  page.querySelectorAll(".picture > *").forEach(one => one.style.cssText = "");
  stand([blocks]);
  const lines = [...page.querySelectorAll(".code pre, .text pre, .printed pre[style], .printed .highlight pre")];
  const letters = Math.max(0.1, ...lines.map(longest));
  let best = null;
  const attempt = (columns, left) => {
    stand(columns);
    for (const zoom of ZOOMS) {
      const room = left ? left - 12 : 1200;
      const code = Math.max(CODE, Math.min(CODE * zoom, Math.floor(100 * room / letters) / 100));
      if (left && code * letters > room) return;
      page.style.cssText = `--zoom: ${zoom}; --code: ${code}px; --printed: ${Math.min(0.9 * CODE * zoom, code)}px; --left: ${left}px`;
      if ([...page.children].some(one =>
        one.scrollHeight > one.clientHeight || one.scrollWidth > one.clientWidth + 40)) continue;
      const {scale, read} = scaleOf(pictures);
      if (!read && blocks.length > 1) continue;
      const worth = Math.cbrt(zoom * code / CODE) * Math.min(scale, 1.3);
      if (!best || worth > best.worth) best = {worth, columns, scale, style: page.style.cssText};
      if (!pictures.length) return;
    }
  };
  attempt([blocks], 0);
  if (pictures.length && others.length) for (const left of LEFTS) attempt([others, pictures], left);
  if (!best) return 0;
  stand(best.columns);
  page.style.cssText = best.style;
  scaleOf(pictures, best.scale);
  return best.worth;
}

/* Places where a block may be broken: a node, an offset in it, and how far down it is. */
function* breaks(block) {
  for (const one of block.querySelectorAll(":scope > * + *, li + li, tr + tr")) {
    const before = one.previousElementSibling;
    if (/^H\d/.test(before.tagName) || /:\s*$/.test(before.textContent)) continue;
    yield [one.parentNode, [...one.parentNode.childNodes].indexOf(one), one.getBoundingClientRect().top];
  }
  for (const pre of block.querySelectorAll("pre")) {
    const text = pre.textContent.trimEnd(), box = pre.getBoundingClientRect();
    const ends = [...text.matchAll(/\n(?=\n)/g)].map(one => one.index + 1);
    const letters = document.createTreeWalker(pre, NodeFilter.SHOW_TEXT);
    let before = 0;
    for (const end of ends.length ? ends : [...text.matchAll(/\n/g)].map(one => one.index)) {
      while (!letters.currentNode.data || before + letters.currentNode.data.length <= end) {
        before += letters.currentNode.data?.length || 0;
        letters.nextNode();
      }
      yield [letters.currentNode, end + 1 - before, box.top + box.height * end / text.length];
    }
  }
}

/* A block in as few parts as fit on a page each; what cannot be broken is made smaller. */
function parts(page, block) {
  if (layOut(page, [block])) return [block];
  const box = block.getBoundingClientRect(), middle = box.top + box.height / 2;
  const far = place => Math.abs(place[2] - middle);
  const [cut] = [...breaks(block)].sort((one, other) => far(one) - far(other));
  if (!cut) {
    for (let zoom = 0.95; zoom > 0.2 && !layOut(page, [block]); zoom -= 0.05) block.style.zoom = zoom;
    return [block];
  }
  const range = document.createRange(), first = block.cloneNode(false);
  range.setStart(block, 0);
  range.setEnd(cut[0], cut[1]);
  first.append(range.extractContents());
  for (const node of cut[0].nodeType == Node.TEXT_NODE ? [cut[0]] : []) node.data = node.data.replace(/^\n+/, "");
  const list = cut[0].tagName == "OL" && cut[0];
  if (list) list.start = (list.start || 1) + first.querySelector("ol:last-child").children.length;
  return [...parts(page, first), ...parts(page, block)];
}

/* Blocks dealt out to as few pages as hold them. A text stays with the code it leads to, and code with
   its answers; where these do not fit, the code stands above them once more if both are large there. */
function deal(page, blocks) {
  if (blocks.length < 2 || layOut(page, blocks)) return [blocks];
  let best = {n: 1, value: -Infinity};
  for (let n = 1, worth; n < blocks.length && (worth = layOut(page, blocks.slice(0, n))); n++) {
    const leads = is(blocks[n - 1], "text") && is(blocks[n], "code");
    const rest = layOut(page, blocks.slice(n));
    const value = (answers(blocks[n]) ? -20 : leads ? -40 : 0) + (rest ? 10 + Math.min(worth, rest) : n / 100);
    if (value >= best.value) best = {n, value};
  }
  const before = blocks.slice(0, best.n), after = blocks.slice(best.n), [next] = after;
  if (answers(next)) {
    const same = block => block.dataset.cell == next.dataset.cell;
    after.filter(same).forEach(block => block.classList.remove("fragment"));
    const code = before.filter(block => same(block) && is(block, "code")).pop()?.cloneNode(true);
    if (code && layOut(page, [code, next]) > 1.1) after.unshift(code);
  }
  return [before, ...deal(page, after)];
}

/* A tall drawing of a model in two columns, cut through an arrow near its middle. */
function inColumns(drawing) {
  const {x, y, width, height} = drawing.viewBox.baseVal;
  drawing.style.cssText = "flex: none; width: 300px; height: auto";
  const box = drawing.getBoundingClientRect();
  const middles = [...drawing.querySelectorAll(".edge path")].map(arrow => {
    const its = arrow.getBoundingClientRect();
    return y + ((its.top + its.bottom) / 2 - box.top) / box.height * height;
  });
  const far = place => Math.abs(place - y - height / 2);
  const cut = middles.sort((one, other) => far(one) - far(other))[0] ?? y + height / 2;
  const column = (from, to) => {
    const one = drawing.cloneNode(true);
    one.setAttribute("viewBox", `${x} ${from} ${width} ${to - from}`);
    one.setAttribute("height", drawing.getAttribute("height") * (to - from) / height);
    return one;
  };
  drawing.replaceWith(column(y, cut), column(cut, y + height));
}

function fit() {
  document.documentElement.classList.add("fitting");
  for (const drawing of document.querySelectorAll(".picture > svg")) {
    if (drawing.getAttribute("height") * LEAST.svg > 660) inColumns(drawing);
  }
  for (const stack of document.querySelectorAll(".slides > section")) {
    for (const section of stack.querySelectorAll("section")) {
      const page = section.firstElementChild;
      section.append(...page.querySelectorAll(".notes"));
      const blocks = [];
      for (const block of page.querySelectorAll(".text, .code, .printed, .picture")) {
        const last = blocks.at(-1);
        if (last && is(last, "printed") && is(block, "printed") && last.dataset.cell == block.dataset.cell) {
          last.append(...block.childNodes);
        } else blocks.push(block);
      }
      const [first, ...rest] = deal(page, blocks.flatMap(block => parts(page, block)));
      layOut(page, first);
      let place = section;
      for (const more of rest) {
        const next = section.cloneNode(false);
        next.append(make("page", []));
        place.after(next);
        layOut(next.firstElementChild, more);
        place = next;
      }
      if (!blocks.length) section.remove();
    }
    const minutes = /· (\d+) minutes/.exec(stack.querySelector(".notes")?.textContent)?.[1] || 0;
    for (const section of stack.children) section.dataset.timing = Math.round(minutes * 60 / stack.children.length);
  }
  const all = [...document.querySelectorAll("[data-running]")];
  all.forEach((section, place) => section.dataset.number = `${place + 1} / ${all.length}`);
  document.documentElement.classList.remove("fitting");
}

addEventListener("load", () => {
  fit();
  Reveal.initialize({
    width: 1280, height: 720, margin: 0, minScale: 0.1, maxScale: 5, center: false, hash: true, controls: false,
    transition: "none", backgroundTransition: "none", navigationMode: "linear", defaultTiming: 0,
    pdfMaxPagesPerSlide: 1, plugins: [RevealNotes],
  });
});
