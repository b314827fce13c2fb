// Renders a share of the reports with docxtemplater: docxtemplater_peer.js TEMPLATE CONTEXTS OUTPUT K/N.
// Says "ready" when everything is loaded and warm, waits for a line, renders, and says how many seconds it took.

const fs = require("fs");
const path = require("path");
const Docxtemplater = require("docxtemplater");
const PizZip = require("pizzip");

const [template, contexts, output, share] = process.argv.slice(2);
const [at, of] = share.split("/").map(Number);
const content = fs.readFileSync(template);
const mine = JSON.parse(fs.readFileSync(contexts, "utf8"))
  .map((context, number) => [number, context])
  .filter(([number]) => number % of === at);

function render([number, context]) {
  const doc = new Docxtemplater(new PizZip(content), { paragraphLoop: true, linebreaks: true });
  doc.render(context);
  fs.writeFileSync(path.join(output, `${number}.docx`), doc.toBuffer({ compression: "DEFLATE" }));
}

mine.slice(0, 20).forEach(render);
console.log("ready");
fs.readSync(0, Buffer.alloc(16));
const started = performance.now();
mine.forEach(render);
console.log((performance.now() - started) / 1000);
