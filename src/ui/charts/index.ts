/** Charts, separate from the other components: only pages with a chart load them and the drawing library. */
export { ExampleCurves } from './ExampleCurves';
export { Lineage, type LineageLane } from './Lineage';
export { LineChart, SmallChart, SmallCharts } from './LineChart';
export { LossChart, stepPlace } from './LossChart';
export { RunsChart } from './RunsChart';
export { defaultChartSettings, type ChartSettings, type Line, type LossAxis, type XAxis } from './types';
