"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const { head, findings } = data;
  const SEVERITIES = ["high", "medium", "low", "note"];
  const STATES = { finding: "findings", unknown: "undecided", known: "in the baseline", waived: "waived", passed: "passed" };
  const PAGE = 100;
  const NOWHERE = "no region";
  const byId = (id) => document.getElementById(id);
  const chosen = { text: "", policy: "", type: "", region: "", area: "", severity: new Set(), state: new Set() };
  let matches = [];
  let drawn = 0;

  // All text goes in as text: nothing of a template is ever read as markup.
  const make = (tag, attributes, ...children) => {
    const space = ["svg", "rect", "text", "g", "title"].includes(tag) ? "http://www.w3.org/2000/svg" : "";
    const node = space ? document.createElementNS(space, tag) : document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else if (value === true) node.setAttribute(name, "");
      else if (value !== false && value !== undefined) node.setAttribute(name, value);
    }
    node.append(...children.filter((child) => child !== null && child !== undefined));
    return node;
  };
  const number = (value) => value.toLocaleString("en");
  const short = (type) => {
    const parts = type.replace(/^Microsoft\./i, "").split("/");
    return parts.length > 2 ? parts.slice(1).join("/") : parts.join("/");
  };
  const areaOf = (finding) => head.policies[finding.p].id.split("/")[0];
  const regionsOf = (finding) => finding.q ? finding.q.map((name) => name || NOWHERE) : [finding.r || NOWHERE];
  const counts = (finding) => finding.v === "finding";
  const bump = (map, key, amount = 1) => map.set(key, (map.get(key) || 0) + amount);
  const sorted = (map) => [...map].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));

  for (const finding of findings) {
    finding.hay = [finding.n, finding.m, finding.f, finding.o, finding.t, finding.r, head.policies[finding.p].id,
      ...(finding.i || []), finding.w].join("\n").toLowerCase();
  }

  function tiles() {
    const total = new Map();
    for (const finding of findings) if (counts(finding)) bump(total, finding.s);
    const undecided = findings.filter((finding) => finding.v === "unknown").length;
    const tile = (value, label, kind, act) => make(act ? "button" : "div",
      act ? { type: "button", class: `tile ${kind}`, onclick: act, "data-tile": label } : { class: `tile ${kind}` },
      make("strong", {}, number(value)), make("span", {}, label));
    const box = byId("tiles");
    for (const severity of SEVERITIES) {
      box.append(tile(total.get(severity) || 0, severity, total.get(severity) ? `sev-${severity}` : "none", () => {
        clear(); chosen.severity = new Set([severity]); chosen.state = new Set(["finding"]); update(true);
      }));
    }
    box.append(tile(undecided, "undecided", undecided ? "sev-unknown" : "none", () => {
      clear(); chosen.state = new Set(["unknown"]); update(true);
    }));
    box.append(tile(head.gapCount, head.gapCount === 1 ? "gap" : "gaps", head.gapCount ? "sev-gap" : "none"));
    box.append(make("dl", { class: "facts" },
      ...[["files", head.files], ["resources", head.resources], ["rows judged", head.pairs], ["passed", head.counts.pass],
        ["waived", head.waived], ["in the baseline", head.known]]
        .filter(([, value], index) => index < 4 || value)
        .flatMap(([label, value]) => [make("div", {}, make("dt", {}, label), make("dd", {}, number(value)))])));
    byId("scope").textContent = head.scope ? `live estate ${head.scope}` : `version ${head.version}`;
    if (head.gapCount) {
      const section = byId("gaps");
      section.hidden = false;
      section.querySelector("h2").textContent = `${number(head.gapCount)} ${head.gapCount === 1 ? "gap" : "gaps"}: not all could be seen`;
      for (const [where, message] of head.gaps) {
        section.querySelector("ul").append(make("li", {}, make("code", {}, where), " ", message));
      }
      const rest = head.gapCount - head.gaps.length;
      if (rest) section.querySelector("ul").append(make("li", {}, `and ${number(rest)} more`));
    }
  }

  function heat() {
    const cells = new Map();
    const regions = new Map();
    const types = new Map();
    for (const finding of findings) {
      if (!counts(finding)) continue;
      for (const region of regionsOf(finding)) {
        bump(regions, region);
        const key = `${region}\n${finding.t}`;
        const cell = cells.get(key) || { number: 0, worst: 9 };
        cell.number += 1;
        cell.worst = Math.min(cell.worst, SEVERITIES.indexOf(finding.s));
        cells.set(key, cell);
      }
      bump(types, finding.t);
    }
    const columns = sorted(regions).slice(0, 12).map(([name]) => name);
    const rows = sorted(types).slice(0, 14).map(([name]) => name);
    const box = byId("map");
    if (!rows.length) { box.append(make("p", { class: "empty" }, "No findings to draw.")); return; }
    const most = Math.max(...[...cells.values()].map((cell) => cell.number));
    const table = make("table", { class: "heat" }, make("thead", {}, make("tr", {}, make("td", {}),
      ...columns.map((region) => make("th", { scope: "col" }, make("span", {}, region))))));
    const body = make("tbody", {});
    for (const type of rows) {
      const line = make("tr", {}, make("th", { scope: "row", title: type }, short(type)));
      for (const region of columns) {
        const cell = cells.get(`${region}\n${type}`);
        const td = make("td", {});
        if (cell) {
          const step = Math.max(1, Math.ceil(4 * Math.sqrt(cell.number / most)));
          td.append(make("button", { type: "button", class: `cell sev-${SEVERITIES[cell.worst]} step-${step}`,
            "data-region": region, "data-type": type,
            "aria-label": `${number(cell.number)} findings, worst ${SEVERITIES[cell.worst]}: ${short(type)} in ${region}`,
            onclick: () => { clear(); chosen.region = region; chosen.type = type; chosen.state = new Set(["finding"]); update(true); } },
            number(cell.number)));
        } else {
          td.append(make("span", { class: "cell void", "aria-hidden": "true" }));
        }
        line.append(td);
      }
      body.append(line);
    }
    table.append(body);
    box.append(table);
    const rest = [regions.size - columns.length, types.size - rows.length];
    if (rest[0] > 0 || rest[1] > 0) {
      box.append(make("p", { class: "hint" }, `Not drawn: ${number(Math.max(0, rest[0]))} more regions, ${number(Math.max(0, rest[1]))} more kinds.`));
    }
  }

  function areas() {
    const all = new Map();
    for (const finding of findings) {
      if (!counts(finding)) continue;
      const area = areaOf(finding);
      if (!all.has(area)) all.set(area, [0, 0, 0, 0]);
      all.get(area)[SEVERITIES.indexOf(finding.s)] += 1;
    }
    const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);
    const list = [...all].sort((a, b) => sum(b[1]) - sum(a[1]) || (a[0] < b[0] ? -1 : 1)).slice(0, 16);
    const most = Math.max(1, ...list.map(([, numbers]) => sum(numbers)));
    for (const [area, numbers] of list) {
      const drawing = make("svg", { viewBox: "0 0 100 10", preserveAspectRatio: "none", class: "bar", "aria-hidden": "true" },
        make("rect", { class: "track", x: 0, y: 0, width: 100, height: 10 }));
      let x = 0;
      numbers.forEach((value, index) => {
        const width = 100 * value / most;
        if (value) drawing.append(make("rect", { class: `fill-${SEVERITIES[index]}`, x, y: 0, width, height: 10 }));
        x += width;
      });
      const told = numbers.map((value, index) => value && `${number(value)} ${SEVERITIES[index]}`).filter(Boolean).join(", ");
      byId("areas").append(make("button", { type: "button", class: "area", title: told, "data-area": area, "aria-label": `${area}: ${told}`,
        onclick: () => { clear(); chosen.area = area; chosen.state = new Set(["finding"]); update(true); } },
        make("span", { class: "area-name" }, area), drawing, make("span", { class: "area-number" }, number(sum(numbers)))));
    }
    if (!list.length) byId("areas").append(make("p", { class: "empty" }, "No findings to draw."));
    else byId("areas").append(make("p", { class: "legend" }, ...SEVERITIES.map((name) => make("span", { class: `dot sev-${name}` }, name))));
  }

  function choices() {
    const numbers = { policy: new Map(), type: new Map(), region: new Map(), severity: new Map(), state: new Map() };
    for (const finding of findings) {
      bump(numbers.policy, head.policies[finding.p].id);
      bump(numbers.type, finding.t);
      for (const region of regionsOf(finding)) bump(numbers.region, region);
      bump(numbers.severity, finding.s);
      bump(numbers.state, finding.v);
    }
    const names = { policy: "All policies", type: "All resources", region: "All regions" };
    for (const [id, all] of Object.entries(names)) {
      const list = [...numbers[id]].sort((a, b) => (a[0].toLowerCase() < b[0].toLowerCase() ? -1 : 1)).slice(0, 500);
      byId(id).append(make("option", { value: "" }, all),
        ...list.map(([value, count]) => make("option", { value }, `${id === "type" ? short(value) : value} (${number(count)})`)));
      byId(id).addEventListener("change", (event) => { chosen[id] = event.target.value; chosen.area = ""; update(); });
    }
    const toggles = (id, values, label) => {
      for (const value of values) {
        const button = make("button", { type: "button", class: `toggle sev-${id === "severity" ? value : value === "unknown" ? "unknown" : "plain"}`,
          "aria-pressed": "false", "data-value": value }, `${label(value)} ${number(numbers[id].get(value) || 0)}`);
        button.addEventListener("click", () => {
          const set = chosen[id];
          if (!set.delete(value)) set.add(value);
          update();
        });
        byId(id).append(button);
      }
    };
    toggles("severity", SEVERITIES, (value) => value);
    toggles("state", Object.keys(STATES).filter((value) => value === "finding" || numbers.state.has(value)), (value) => STATES[value]);
    let waiting = 0;
    byId("search").addEventListener("input", (event) => {
      clearTimeout(waiting);
      waiting = setTimeout(() => { chosen.text = event.target.value; update(); }, 80);
    });
    byId("filters").addEventListener("submit", (event) => event.preventDefault());
    byId("filters").addEventListener("reset", (event) => { event.preventDefault(); clear(); update(); byId("search").focus(); });
  }

  function clear() {
    Object.assign(chosen, { text: "", policy: "", type: "", region: "", area: "", severity: new Set(), state: new Set() });
  }

  function update(jump) {
    const words = chosen.text.toLowerCase().split(/\s+/).filter(Boolean);
    matches = findings.filter((finding) =>
      (!chosen.severity.size || chosen.severity.has(finding.s)) &&
      (!chosen.state.size || chosen.state.has(finding.v)) &&
      (!chosen.policy || head.policies[finding.p].id === chosen.policy) &&
      (!chosen.type || finding.t === chosen.type) &&
      (!chosen.region || regionsOf(finding).includes(chosen.region)) &&
      (!chosen.area || areaOf(finding) === chosen.area) &&
      words.every((word) => finding.hay.includes(word)));
    for (const id of ["policy", "type", "region"]) byId(id).value = chosen[id];
    if (byId("search").value !== chosen.text) byId("search").value = chosen.text;
    for (const button of document.querySelectorAll(".toggle")) {
      button.setAttribute("aria-pressed", String(chosen[button.parentNode.id].has(button.dataset.value)));
    }
    const filtered = matches.length !== findings.length;
    byId("status").textContent = `${number(matches.length)}${filtered ? ` of ${number(findings.length)}` : ""} shown` +
      (chosen.area ? `, area ${chosen.area}` : "");
    byId("reset").disabled = !filtered && !chosen.text;
    byId("list").replaceChildren();
    drawn = 0;
    if (!matches.length) {
      byId("list").append(make("p", { class: "empty" }, findings.length ? "Nothing matches these filters." :
        head.gapCount ? "No findings, but not all could be seen." : "No findings."));
    }
    draw();
    if (jump) byId("list").scrollIntoView({ block: "start" });
  }

  function draw() {
    const next = matches.slice(drawn, drawn + PAGE);
    byId("list").append(...next.map(card));
    drawn += next.length;
    byId("more").hidden = drawn >= matches.length;
    byId("more").textContent = `Show ${number(Math.min(PAGE, matches.length - drawn))} more of ${number(matches.length - drawn)}`;
  }

  function card(finding) {
    const policy = head.policies[finding.p];
    const word = finding.v === "finding" ? finding.s : STATES[finding.v];
    const kind = finding.v === "finding" ? finding.s : finding.v === "unknown" ? "unknown" : "plain";
    const node = make("details", { class: `card edge-${kind}` },
      make("summary", {},
        make("span", { class: `badge sev-${kind}` }, word),
        make("span", { class: "said" },
          make("b", { dir: "ltr" }, finding.m || finding.n),
          make("span", { class: "where" }, make("code", {}, policy.id), " ", make("code", {}, `${finding.f}:${finding.l}:${finding.c}`),
            finding.r ? ` ${finding.r}` : "", finding.k ? ` ${number(finding.k)} instances` : ""))));
    node.addEventListener("toggle", () => { if (node.open && node.children.length === 1) node.append(detail(finding, policy)); }, { once: false });
    return node;
  }

  function detail(finding, policy) {
    const box = make("div", { class: "detail" });
    if (finding.x) {
      const [before, marked, after] = finding.x;
      box.append(make("pre", { class: "source", tabindex: "0", "aria-label": `line ${finding.l} of ${finding.f}` },
        make("span", { class: "line-number" }, String(finding.l)), make("code", {}, before, marked ? make("mark", {}, marked) : null, after)));
    }
    const facts = make("dl", { class: "pairs" });
    const tell = (label, ...value) => facts.append(make("dt", {}, label), make("dd", {}, ...value));
    tell("Resource", make("code", {}, finding.n), " ", make("span", { class: "dim" }, finding.t || ""));
    if (finding.o) tell("Property", make("code", {}, finding.o));
    if (finding.i) {
      const more = finding.i.length < finding.k ? ` (${number(finding.k)} in all)` : "";
      tell("Instances", ...finding.i.flatMap((name) => [make("code", {}, name), " "]), more);
    }
    if (finding.w) tell("Waived", finding.w);
    for (const [label, where] of finding.a || []) tell("See", `${label} `, make("code", {}, where));
    if (policy.title) tell("Policy", policy.title);
    if (policy.why) tell("Why", policy.why);
    if (policy.fix) tell("Fix", policy.fix);
    if (policy.whenNot) tell("When not", policy.whenNot);
    box.append(facts);
    for (const [name, text] of [["Bicep", policy.bicep], ["ARM", policy.arm]]) {
      if (text) box.append(make("p", { class: "label" }, name), make("pre", { tabindex: "0", "aria-label": `${name} fragment` }, make("code", {}, text)));
    }
    const links = (policy.sources || []).filter((address) => /^https?:\/\//.test(address));
    if (links.length) {
      box.append(make("p", { class: "label" }, "Sources"), make("ul", { class: "links" }, ...links.map((address) =>
        make("li", {}, make("a", { href: address, rel: "noreferrer noopener" }, address)))));
    }
    return box;
  }

  function keys(event) {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") { clear(); update(); if (typing) event.target.blur(); return; }
    if (typing) return;
    if (event.key === "/") { event.preventDefault(); byId("search").focus(); return; }
    if (event.key !== "j" && event.key !== "k") return;
    const all = [...document.querySelectorAll("#list summary")];
    const at = all.indexOf(document.activeElement);
    const to = event.key === "j" ? at + 1 : Math.max(0, at - 1);
    if (to >= all.length && !byId("more").hidden) { draw(); all.push(...[...document.querySelectorAll("#list summary")].slice(all.length)); }
    if (all[to]) { all[to].focus(); all[to].scrollIntoView({ block: "nearest" }); }
  }

  byId("theme").addEventListener("click", () => {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });
  byId("more").addEventListener("click", draw);
  document.addEventListener("keydown", keys);
  tiles();
  heat();
  areas();
  choices();
  update();
})();
