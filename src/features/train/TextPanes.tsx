import { useShownPart } from '../../state/react';
import type { RunSettings } from '../../state/runSettings';
import { Pane, Panes } from '../../ui';
import { Charts, useChartSettings } from './Charts';
import { Events } from './Events';
import { Milestones } from './Milestones';
import { RunReel } from './RunReel';
import { Samples } from './Samples';

/** Live view of a language model: its sample over its curve, and events. */
export function TextPanes({ settings }: { settings: RunSettings }) {
  const [chart, setChart] = useChartSettings(settings, 'early');
  const runId = useShownPart('train', ({ id }) => id);
  return (
    <Panes columns="minmax(0, 1fr) 368px" narrowColumns="minmax(0, 1fr) 304px">
      <Pane label="Sample and learning curve">
        <RunReel key={runId} settings={settings} axis={chart.x}>
          <Charts settings={settings} chart={chart} onChart={setChart} isUnderReel />
        </RunReel>
      </Pane>
      <Pane label="Progress">
        <Milestones settings={settings} />
        <Events settings={settings} />
        <Samples settings={settings} />
      </Pane>
    </Panes>
  );
}
