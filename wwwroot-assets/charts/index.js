// The one door to the chart library: options come from C#, colours from the tokens of the page.
import * as echarts from "echarts/core";
import { LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { SVGRenderer } from "echarts/renderers";

echarts.use([LineChart, AriaComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, SVGRenderer]);

/** @param {HTMLElement} host @param {object} options what ECharts calls an option; a text that begins with "--cp-" is a token and becomes its colour */
export function create(host, options) {
  if (!host?.isConnected) return { update() {}, dispose() {} }; // the page went on before the drawing began
  let current = options;
  const chart = echarts.init(host, null, { renderer: "svg" });
  const draw = () => chart.setOption(withTokens({ ...look(), ...current }), { notMerge: true });
  const size = new ResizeObserver(() => chart.resize());
  const theme = new MutationObserver(draw);
  size.observe(host);
  theme.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  draw();
  return {
    update: (next) => { current = next; draw(); },
    dispose: () => { size.disconnect(); theme.disconnect(); chart.dispose(); },
  };
}

function look() {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  return {
    animation: !still, animationDuration: 160, animationDurationUpdate: 0, backgroundColor: "transparent",
    color: [1, 2, 3, 4, 5, 6, 7, 8].map((n) => `--cp-cat-${n}`),
    textStyle: { fontFamily: token("--cp-font-sans"), fontSize: 11.5, color: "--cp-chart-label" },
  };
}

function withTokens(value) {
  if (typeof value === "string") return value.startsWith("--cp-") ? token(value) : value;
  if (Array.isArray(value)) return value.map(withTokens);
  if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withTokens(part)]));
  return value;
}

function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
