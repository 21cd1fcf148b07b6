import { useRouter } from 'wouter';
import { useNow, useStudio, useStudioFields, useStudioStore } from '../state/react';
import { isTraining, spokenRun } from '../state/openRun';
import { savedWords } from '../state/saved';
import { MenuButton, TopStrip, type StripFact } from '../ui';
import { chooseDevice, deviceChoices, KIND_NAME, memoryWords } from './device';
import { readPhase } from './phase';
import { ProjectMenu, type ProjectMenuProps } from './ProjectMenu';
import { StripAction } from './StripAction';
import { toggleTheme } from './theme';

interface StripProps {
  project: ProjectMenuProps;
  onFind: () => void;
  onGo: (path: string) => void;
  /** Whether the page is Train, which has its own Resume. */
  isTrain: boolean;
}

/** Project, device, phase, saved; and Stop or Resume. */
export function Strip(p: StripProps) {
  const { fact, progress } = usePhase();
  return (
    <TopStrip
      project={<ProjectMenu {...p.project} />}
      device={useDeviceFact()}
      phase={fact}
      saved={useSavedFact()}
      progress={progress}
      onFind={p.onFind}
      onTheme={toggleTheme}
      action={<StripAction onGo={p.onGo} isTrain={p.isTrain} />}
      homeHref={`${useRouter().base}/text`}
      onHome={() => p.onGo('/text')}
    />
  );
}

function usePhase() {
  const now = useNow(useStudio((s) => s.writing.kind === 'writing'));
  const { label, value, detail, tone, share, activity, isStopped } = useStudioFields((s) => {
    const { fact, progress } = readPhase(s, now);
    return { ...fact, share: progress?.share, activity: progress?.label, isStopped: progress?.isStopped };
  });
  return {
    fact: { label, value, ...(detail !== undefined && { detail }), ...(tone && { tone }) },
    progress:
      share === undefined
        ? undefined
        : { label: activity ?? label, share, ...(isStopped !== undefined && { isStopped }) },
  };
}

function useDeviceFact(): StripFact {
  const store = useStudioStore();
  const device = useStudio((s) => s.device);
  const measured = useStudio((s) => s.measured);
  const memory = useStudio(memoryWords);
  const name = device.kind === 'open' ? device.info.name : device.kind === 'opening' ? 'Opening' : 'None';
  const menu = (
    <MenuButton
      variant="plain"
      label={`Device, ${name}`}
      entries={deviceChoices({ device, measured }).map((choice) => ({
        id: choice.kind,
        label: choice.name,
        hint: choice.isChosen ? `${choice.hint}, ${memory}` : choice.hint,
        isChosen: choice.isChosen,
      }))}
      onChoose={(id) => {
        const choice = deviceChoices({ device, measured }).find(({ kind }) => kind === id);
        if (choice) chooseDevice(store, choice.kind);
      }}
    >
      {name}
    </MenuButton>
  );
  if (device.kind === 'failed') return { label: 'Device', value: menu, detail: 'didn’t open', tone: 'error' };
  if (device.kind === 'opening') return { label: 'Device', value: menu };
  const { kind, software, features } = device.info;
  const detail = [KIND_NAME[kind], ...(software ? ['in software'] : features.includes('shader-f16') ? ['f16'] : [])];
  return { label: 'Device', value: menu, detail: detail.join(', ') };
}

function useSavedFact(): StripFact {
  const isSaving = useStudio((s) => isTraining(s) && spokenRun(s).saved?.at != null);
  const now = useNow(isSaving);
  return { label: 'Saved', ...useStudioFields((s) => savedWords(s, now)) };
}
