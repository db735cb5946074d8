// Opens a report in headless Chromium and prints as JSON what tests/test_html_page.py asks about.
// Arguments: the browser, the page of the mixed ledger, of the hostile one, of the large one, a folder for pictures.
import { chromium } from "playwright-core";
import { pathToFileURL } from "node:url";

const [executablePath, mixed, hostile, large, pictures] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync"] });
const found = { console: [], requests: [], dialogs: [] };

async function open(file, colorScheme = "light") {
  const page = await browser.newPage({ colorScheme, viewport: { width: 1280, height: 900 } });
  page.on("console", (message) => found.console.push(`${message.type()} ${message.text()}`));
  page.on("pageerror", (error) => found.console.push(`error ${error.message}`));
  page.on("dialog", (dialog) => { found.dialogs.push(dialog.message()); return dialog.dismiss(); });
  const address = pathToFileURL(file).href;
  page.on("request", (request) => { if (request.url() !== address && !request.url().startsWith("data:")) found.requests.push(request.url()); });
  await page.goto(address);
  return page;
}
const shown = (page) => page.locator("#list > details summary b").allTextContents();
const settle = (page) => page.waitForTimeout(200);

const page = await open(mixed);
found.all = await shown(page);
found.status = await page.locator("#status").textContent();
await page.keyboard.press("/");
found.searchFocused = await page.evaluate(() => document.activeElement.id);
await page.keyboard.type("GPU11");
await settle(page);
found.searched = await shown(page);
await page.keyboard.press("Escape");
found.cleared = (await shown(page)).length;
await page.selectOption("#policy", "estate/tags-missing");
found.policy = await shown(page);
await page.keyboard.press("Escape");
await page.selectOption("#region", "northeurope");
found.region = await shown(page);
await page.keyboard.press("Escape");
await page.selectOption("#type", "Microsoft.Storage/storageAccounts");
found.type = await shown(page);
await page.click("#reset");
await page.click("#severity [data-value=medium]");
found.severity = await shown(page);
await page.click("#severity [data-value=low]");
found.twoSeverities = await shown(page);
await page.click("#reset");
await page.click("#state [data-value=waived]");
found.waived = await shown(page);
await page.click("#reset");
await page.click("[data-region=swedencentral]");
found.cell = await shown(page);
await page.click("#reset");
await page.click("[data-area=estate]");
found.area = await shown(page);
await page.click("#reset");
await page.evaluate(() => document.activeElement.blur());
await page.keyboard.press("j");
await page.keyboard.press("j");
await page.keyboard.press("k");
found.focused = await page.evaluate(() => document.activeElement.querySelector("b").textContent);
await page.keyboard.press("Enter");
await page.locator("#list details[open] .detail").waitFor();
found.opened = await page.locator("#list details[open]").count();
found.marked = await page.locator("#list details[open] mark").allTextContents();
found.line = await page.locator("#list details[open] pre.source code").allTextContents();
found.gap = await page.locator("#gaps li").allTextContents();
const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
found.light = await background();
await page.screenshot({ path: `${pictures}/light.png` });
await page.click("#theme");
found.switched = await background();
const dark = await open(mixed, "dark");
found.dark = await dark.evaluate(() => getComputedStyle(document.body).backgroundColor);
await dark.screenshot({ path: `${pictures}/dark.png` });

// Contrast of every text that is seen against the colours behind it, in both themes.
found.contrast = [];
for (const [name, each] of [["light", await open(mixed)], ["dark", dark]]) {
  await each.locator("#list summary").first().click();
  found.contrast.push(...(await each.evaluate((theme) => {
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    canvas.canvas.width = canvas.canvas.height = 1;
    const paint = (layers) => {
      canvas.clearRect(0, 0, 1, 1);
      for (const layer of layers) { canvas.fillStyle = layer; canvas.fillRect(0, 0, 1, 1); }
      return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const light = (rgb) => rgb.map((value) => value / 255).map((value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
      .reduce((sum, value, index) => sum + value * [0.2126, 0.7152, 0.0722][index], 0);
    const poor = [];
    for (const node of document.querySelectorAll("body *")) {
      const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
      if (!own || !node.getClientRects().length || node.disabled || /^(SCRIPT|OPTION|NOSCRIPT)$/.test(node.tagName)) continue;
      const behind = [];
      for (let at = node; at; at = at.parentElement) behind.unshift(getComputedStyle(at).backgroundColor);
      const [a, b] = [light(paint(behind)), light(paint([...behind, getComputedStyle(node).color]))];
      const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      if (ratio < 4.5) poor.push(`${theme} ${node.className || node.tagName} ${node.textContent.slice(0, 20)} ${ratio.toFixed(2)}`);
    }
    return poor;
  }, name)));
}

const bad = await open(hostile);
for (const summary of await bad.locator("#list summary").all()) await summary.click();
found.hostile = await shown(bad);
found.injected = await bad.evaluate(() => document.querySelectorAll("img, iframe, body script:not([type]) ~ script, #list script, #list a:not([rel])").length);
found.wide = await bad.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth);

const big = await open(large);
found.large = await shown(big).then((all) => all.length);
found.largeStatus = await big.locator("#status").textContent();
await big.click("#more");
found.more = await shown(big).then((all) => all.length);
await big.fill("#search", "gpu24999");
await settle(big);
found.largeSearched = await shown(big);
const narrow = await browser.newPage({ viewport: { width: 380, height: 800 } });
await narrow.goto(pathToFileURL(mixed).href);
found.narrow = await narrow.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth);
await browser.close();
process.stdout.write(JSON.stringify(found));
