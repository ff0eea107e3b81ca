import * as echarts from "echarts/core";
import { LineChart } from "echarts/charts";
import { GridComponent, TooltipComponent } from "echarts/components";
import { SVGRenderer } from "echarts/renderers";

echarts.use([LineChart, GridComponent, TooltipComponent, SVGRenderer]);

/** @param {HTMLElement} host @param {object} options what ECharts calls an option */
export function create(host, options) {
  const chart = echarts.init(host, null, { renderer: "svg" });
  const watch = new ResizeObserver(() => chart.resize());
  watch.observe(host);
  chart.setOption(options);
  return {
    update: (next) => chart.setOption(next),
    dispose: () => { watch.disconnect(); chart.dispose(); },
  };
}
