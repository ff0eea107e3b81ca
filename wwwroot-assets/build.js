// Bundles what the browser needs into the web project's wwwroot/assets. MSBuild calls it when an input changed (build/Assets.targets).
import { build } from "esbuild";
import { cp, mkdir } from "node:fs/promises";

const out = new URL("../src/CampaignPortal.Web/wwwroot/assets/", import.meta.url).pathname;
await mkdir(out, { recursive: true });
await build({
  entryPoints: { charts: "charts/index.js" },
  outdir: out, bundle: true, minify: true, format: "esm", target: "es2022", legalComments: "linked",
});
await cp("node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2", out + "inter-latin.woff2");
