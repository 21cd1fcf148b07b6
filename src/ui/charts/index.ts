/** Charts, apart from the other parts: with what draws them they are loaded by the pages that have one. */
export { ExampleCurves } from './ExampleCurves';
export { Lineage, type LineageLane } from './Lineage';
export { LineChart, SmallChart, SmallCharts } from './LineChart';
export { LossChart, stepPlace } from './LossChart';
export { RunsChart } from './RunsChart';
export { defaultChartSettings, type ChartSettings, type Line, type LossAxis, type XAxis } from './types';
