import { Fragment, useLayoutEffect, useRef, useState } from 'react';
import { formatCount, formatNumber } from '../../core/base/units';
import { shownId, shownRun } from '../../state/openRun';
import { isDrawn, playgroundKind, resultNote, writtenVocabulary } from '../../state/playground';
import type { EarlierText } from '../../core/runs/playground';
import { useStudio } from '../../state/react';
import { cx, Icon, Pane, SurpriseLegend, TextAction, TokenText } from '../../ui';
import { CopyMenu } from './CopyMenu';
import { KINDS } from './kinds';
import inline from './inlineTokens.module.css';
import { meanBits, tokenView } from './surprise';
import { type Underline, UnderlineBy } from './UnderlineBy';
import styles from './PlaygroundPage.module.css';

/** Text as it is generated. Each token is selectable, by mouse or with ← →. */
export function WrittenPane({
  chosen,
  onChoose,
  isAnswer = false,
}: {
  chosen: number | undefined;
  onChoose: (index: number) => void;
  /** Shows the text separately from the prompt, as an answer. */
  isAnswer?: boolean;
}) {
  const prompt = useStudio((s) => s.writtenAfter);
  const written = useStudio((s) => s.written);
  const isWriting = useStudio((s) => s.writing.kind === 'writing');
  const [underline, setUnderline] = useState<Underline>('surprise');
  const vocabulary = useStudio(writtenVocabulary);
  const views = written.map((token) => tokenView(token, vocabulary));
  const end = useFollowing(written.length, isWriting);
  const hasText = written.length > 0 || isWriting;
  return (
    <Pane
      title={isAnswer ? 'Output' : 'Text'}
      aside={<Aside isAnswer={isAnswer} underline={underline} onUnderline={setUnderline} />}
    >
      {hasText && <OtherStep />}
      {isAnswer && hasText && (
        <div className={styles.input}>
          <h3>Input</h3>
          <p dir="auto">{prompt}</p>
          <h3>Output</h3>
        </div>
      )}
      <div className={cx(styles.flow, inline['inline'])} dir="auto">
        {hasText ? (
          <>
            {!isAnswer && <span className={styles.prompt}>{prompt}</span>}
            <TokenText
              form="underline"
              label="Generated tokens"
              tokens={underline === 'surprise' ? views : views.map((view) => ({ ...view, step: 0 as const }))}
              chosen={chosen}
              onChoose={onChoose}
            />
            {isWriting && <span className={inline['caret']} aria-hidden />}
          </>
        ) : (
          <p className={styles.nothing}>{KINDS[isAnswer ? 'encoder-decoder' : 'decoder'].nothing}</p>
        )}
        <span ref={end} />
      </div>
      <Earlier />
      <Foot underline={underline} />
    </Pane>
  );
}

function Aside(p: { isAnswer: boolean; underline: Underline; onUnderline: (underline: Underline) => void }) {
  const prompt = useStudio((s) => s.writtenAfter);
  const written = useStudio((s) => s.written);
  const text = written.map(({ text }) => text).join('');
  return (
    <>
      <UnderlineBy value={p.underline} onChange={p.onUnderline} />
      <CopyMenu text={p.isAnswer || text === '' ? text : prompt + text} />
    </>
  );
}

/** Note that another model or checkpoint than the current one wrote the text. */
function OtherStep() {
  const note = useStudio(resultNote);
  if (note === undefined) return null;
  return (
    <p className={styles.stale} role="status">
      <Icon name="info" />
      <span>Written {note}. Write again to use the chosen step</span>
    </p>
  );
}

/** Earlier texts, which can be shown again. */
function Earlier() {
  const kind = useStudio(playgroundKind);
  const texts = useStudio((s) => s.earlier).filter(({ by }) => by.kind === kind);
  const showEarlier = useStudio((s) => s.showEarlier);
  if (texts.length === 0) return null;
  const names = shortNames(texts);
  return (
    <p className={styles.earlier}>
      Earlier:{' '}
      {texts.map((text, i) => (
        <Fragment key={i}>
          {i > 0 && ', '}
          <TextAction label={`Show ${names[i]} by ${longName(text)}`} onPress={() => showEarlier(text)}>
            {names[i]}
          </TextAction>
        </Fragment>
      ))}
    </p>
  );
}
/** Distinguishes a text from the others: the seed, or the step if decoding is deterministic. */
const shortName = ({ by, sampling }: EarlierText): string =>
  isDrawn(by.kind, sampling) ? `seed ${sampling.seed}` : `step ${formatCount(by.step)}`;
/** Adds the first words to equal names: as many as distinguish them. */
function shortNames(texts: readonly EarlierText[]): string[] {
  const names = texts.map(shortName);
  const words = texts.map(({ tokens }) =>
    tokens
      .map(({ text }) => text)
      .join('')
      .trim()
      .split(/\s+/),
  );
  return names.map((name, i) => {
    const alike = words.filter((_, k) => k !== i && names[k] === name);
    if (alike.length === 0) return name;
    const first = (all: readonly string[], count: number): string => all.slice(0, count).join(' ');
    let count = MIN_WORDS;
    while (count < MAX_WORDS && alike.some((all) => first(all, count) === first(words[i]!, count))) count += 1;
    return `${name} “${first(words[i]!, count)}”`;
  });
}
const [MIN_WORDS, MAX_WORDS] = [3, 12];
const longName = ({ by, prompt }: EarlierText): string =>
  `${by.name}, step ${formatCount(by.step)}, after “${prompt.slice(-PROMPT_END)}”`;
const PROMPT_END = 40;

function Foot({ underline }: { underline: 'surprise' | 'off' }) {
  const mean = useStudio((s) => meanBits(s.written));
  const heldOut = useStudio(({ writtenBy, ...s }) =>
    writtenBy?.runId === shownId(s, 'playground')
      ? shownRun(s, 'playground').log.evaluations.findLast(({ step }) => step <= writtenBy.step)?.loss
      : undefined,
  );
  if (mean === undefined) return null;
  return (
    <div className={styles.foot}>
      {underline === 'surprise' && <SurpriseLegend />}
      <span className={styles.mean}>
        {formatNumber(mean)} bits per token
        {heldOut !== undefined && `, ${formatNumber(heldOut / Math.LN2)} on the validation set`}
      </span>
    </div>
  );
}

/** Scrolls to new text and keeps the newest token in view, unless the user scrolls up. */
function useFollowing(length: number, isOn: boolean) {
  const end = useRef<HTMLSpanElement>(null);
  const isNew = useRef(true);
  useLayoutEffect(() => {
    const box = scrollerOf(end.current);
    if (!isOn) isNew.current = true;
    if (!isOn || !box || !end.current) return;
    // If the page scrolls instead of the pane, more content may be below the text.
    const foot = box === document.scrollingElement ? innerHeight : box.getBoundingClientRect().bottom;
    const below = end.current.getBoundingClientRect().bottom - foot + ROOM;
    if (below > 0 && (isNew.current || below < NEAR)) box.scrollTop += below;
    isNew.current = false;
  }, [length, isOn]);
  return end;
}

/** Scrolling ancestor: the pane, else the page's scrolling part, else the page. */
function scrollerOf(element: HTMLElement | null): Element | undefined {
  const boxes = [element?.closest('[data-pane]'), element?.closest('#stage'), document.scrollingElement];
  return boxes.find((box) => box != null && box.scrollHeight > box.clientHeight + 1) ?? undefined;
}
/** Height of the line at the foot, in px. */
const ROOM = 56;
/** Height of a few lines of text, in px. */
const NEAR = 160;
