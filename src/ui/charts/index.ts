/** Charts, apart from the other parts: with what draws them they are loaded by the pages that have one. */
export { LineChart, SmallChart, SmallCharts } from './LineChart';
export { LossChart } from './LossChart';
export { defaultChartSettings, type ChartSettings, type Line, type LossColumns } from './types';
