// Bundles what the browser needs into the web project's wwwroot/assets. MSBuild calls it when an input changed (build/Assets.targets).
import { build } from "esbuild";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { icons } from "./icons.js";

const out = new URL("../src/CampaignPortal.Web/wwwroot/assets/", import.meta.url).pathname;
await mkdir(out, { recursive: true });
const options = { outdir: out, bundle: true, minify: true, target: "es2022", legalComments: "linked" };
await build({ ...options, entryPoints: { charts: "charts/index.js", composer: "composer/index.js", files: "files/index.js", shell: "shell/index.js" }, format: "esm" });
// Loaded by the composer alone, and only for MJML. Its old way to find the global object is text that is run, which the portal's content policy forbids.
const globalObject = {
  name: "global-object",
  setup: (bundler) => bundler.onLoad({ filter: /mjml-browser\/lib\/index\.js$/ }, async ({ path }) => ({ contents: (await readFile(path, "utf8")).replaceAll('new Function("return this")()', "globalThis") })),
};
await build({ ...options, entryPoints: { mjml: "mjml/index.js" }, format: "esm", plugins: [globalObject] });
// Fonts and pictures are named by address, not inlined.
await build({ ...options, entryPoints: { portal: "styles/portal.css" }, external: ["/assets/*"] });
// Shops embed the snippet in pages of their own, as a classic script without dependencies.
await build({ ...options, target: "es2020", entryPoints: { snippet: "snippet/index.js", storefront: "snippet/storefront.js" }, format: "iife" });
// Runs before the first paint, so it is a classic script that blocks: a module would come too late.
await build({ ...options, entryPoints: { theme: "theme/index.js" }, format: "iife" });
await cp("node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2", out + "inter-latin.woff2");
await writeFile(out + "icons.svg", await sprite(icons));

/** One file with a symbol for each icon, so that a page names an icon and carries no path. */
async function sprite(names) {
  const symbols = await Promise.all(names.map(async (name) => {
    const svg = await readFile(`node_modules/lucide-static/icons/${name}.svg`, "utf8");
    const shapes = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>")).replace(/\s*\n\s*/g, "");
    return `<symbol id="${name}" viewBox="0 0 24 24">${shapes}</symbol>`;
  }));
  return `<!-- Icons of Lucide (ISC licence, https://lucide.dev) --><svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
}
