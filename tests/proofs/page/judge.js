// Opens pages in Chromium as people do, on a desk and on a phone, by day and by night, with scripts and without, and lets
// axe-core look at each. Usage: node judge.js CHROMIUM PAGE… ; prints what is wrong and exits 1. With CREDLINT_SCREENSHOTS
// naming a folder, each view is kept there as a picture for people to look at, once whole and once as the window shows it.
"use strict";
const fs = require("fs");
const path = require("path");
const puppeteer = require("puppeteer-core");

const [chromium, ...pages] = process.argv.slice(2);
const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const standard = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const views = [1480, 1280, 390].flatMap((width) => ["light", "dark"].map((scheme) => ({ width, scheme })));
const pictures = process.env.CREDLINT_SCREENSHOTS;
let wrong = 0;

function say(what) {
  wrong += 1;
  console.log(what);
}

// The page's own policy stays in force: what it blocks is reported as a console message.
async function open(browser, file, { width, scheme }, scripts) {
  const page = await browser.newPage();
  const at = `${path.basename(file)}, ${width} px, ${scheme}${scripts ? "" : ", without scripts"}`;
  page.on("console", (message) => say(`${at}: console: ${message.text()}`));
  page.on("pageerror", (error) => say(`${at}: script: ${error.message}`));
  page.on("request", (request) => {
    if (request.url() !== "file://" + file) say(`${at}: asks for ${request.url()}`);
  });
  await page.setJavaScriptEnabled(scripts);
  await page.setViewport({ width, height: 900, isMobile: width < 500 });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  await page.goto("file://" + file);
  return [page, at];
}

async function picture(page, file, { width, scheme }) {
  if (!pictures) return;
  const name = path.join(pictures, `${path.basename(file, ".html")}-${width}-${scheme}`);
  await page.screenshot({ path: `${name}.png` });
  // What is not in the window is not painted; a picture of the whole shows it, and one practice in full.
  await page.evaluate(() => {
    const practices = document.querySelectorAll("details.practice");
    practices.forEach((own, number) => {
      own.open = number === 0;
      own.style.contentVisibility = "visible";
    });
  });
  await page.screenshot({ path: `${name}-whole.png`, fullPage: true });
}

async function look(browser, file, view) {
  const [page, at] = await open(browser, file, view, true);
  await picture(page, file, view);
  await page.evaluate(() => {
    for (const own of document.querySelectorAll("details")) {
      own.open = true;
      own.style.contentVisibility = "visible";
    }
  });
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (beyond > 0) say(`${at}: ${beyond} px wider than the window`);
  await page.evaluate(axe);
  const result = await page.evaluate((values) => axe.run(document, { runOnly: { type: "tag", values } }), standard);
  for (const violation of result.violations) {
    for (const node of violation.nodes) say(`${at}: ${violation.id}: ${node.target.join(" ")}: ${node.failureSummary}`);
  }
  console.log(`${at}: ${result.passes.length} checks of axe-core ${axe.match(/axe v([\d.]+)/)[1]} passed`);
  await page.close();
}

// What a script filters by observation is what the rows of the table of topics count.
async function pick(page, at, names, first) {
  const topics = await page.$$eval("#topic option[value]:not([value=''])", (options) =>
    options.map((option) => [option.value, option.textContent]),
  );
  const counted = await page.$$eval("table.topics tbody tr", (rows) =>
    rows.map((row) => [row.cells[0].textContent, Number(row.cells[row.cells.length - 1].textContent)]),
  );
  for (const [value, topic] of topics) {
    await page.select("#topic", value);
    await new Promise((done) => setTimeout(done, 200));
    const left = (await names()).length;
    const wanted = Object.fromEntries(counted)[topic];
    if (left !== wanted) say(`${at}: ${topic} leaves ${left} practices, not ${wanted}`);
  }
  if (!topics.length) return;
  await page.click("#filter [type=reset]");
  await new Promise((done) => setTimeout(done, 400));
  if ((await names()).join() !== first.join()) say(`${at}: reset does not bring all practices back`);
}

async function use(browser, file) {
  const [page, at] = await open(browser, file, views[1], true);
  const names = () => page.$$eval("table.heat tbody th", (cells) => cells.map((cell) => cell.textContent));
  const first = await names();
  if (await page.$eval("#filter", (form) => form.hidden)) return say(`${at}: the filter stays hidden`);
  await page.click("th.name button");
  const sorted = await names();
  const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  if (sorted.join() !== [...first].sort(collator.compare).join()) say(`${at}: not sorted by name: ${sorted}`);
  await page.type("#words", first[0]);
  await new Promise((done) => setTimeout(done, 400));
  const left = await names();
  if (!left.includes(first[0]) || left.length > first.length) say(`${at}: the filter left ${left}`);
  await page.click("#filter [type=reset]");
  await new Promise((done) => setTimeout(done, 400));
  if ((await names()).join() !== first.join()) say(`${at}: reset does not restore the order`);
  await pick(page, at, names, first);
  await page.click("table.heat tbody th a");
  const opens = page.waitForFunction(() => document.querySelector("details.practice[open]"), { timeout: 5000 });
  await opens.catch(() => say(`${at}: the link opens nothing`));
  await page.close();
}

async function readWithout(browser, file) {
  const [page, at] = await open(browser, file, views[1], false);
  const html = await page.content();
  if (!html.includes('<form id="filter" hidden')) say(`${at}: a form that does nothing is shown`);
  await page.close();
}

(async () => {
  if (pictures) fs.mkdirSync(pictures, { recursive: true });
  const browser = await puppeteer.launch({ executablePath: chromium, args: ["--no-sandbox", "--disable-gpu"] });
  for (const file of pages.map((page) => path.resolve(page))) {
    for (const view of views) await look(browser, file, view);
    await use(browser, file);
    await readWithout(browser, file);
  }
  await browser.close();
  process.exit(wrong ? 1 : 0);
})();
