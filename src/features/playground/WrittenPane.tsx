import { Fragment, useLayoutEffect, useRef, useState } from 'react';
import { formatCount, formatNumber } from '../../core/base/units';
import { shownId, shownRun } from '../../state/openRun';
import { isDrawn, playgroundKind, resultNote, writtenVocabulary } from '../../state/playground';
import type { EarlierText } from '../../core/runs/playground';
import { useStudio } from '../../state/react';
import { cx, Icon, Pane, SurpriseLegend, TextAction, TokenText } from '../../ui';
import { CopyMenu } from './CopyMenu';
import { KIND_TEXTS } from './kinds';
import inline from './inlineTokens.module.css';
import { meanBits, tokenView } from './surprise';
import { type Underline, UnderlineSelect } from './UnderlineSelect';
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
  const endRef = useScrollToNewest(written.length, isWriting);
  const hasText = written.length > 0 || isWriting;
  return (
    <Pane
      title={isAnswer ? 'Output' : 'Text'}
      aside={<WrittenActions isAnswer={isAnswer} underline={underline} onUnderline={setUnderline} />}
    >
      {hasText && <StaleNote />}
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
          <p className={styles.nothing}>{KIND_TEXTS[isAnswer ? 'encoder-decoder' : 'decoder'].empty}</p>
        )}
        <span ref={endRef} />
      </div>
      <EarlierTexts />
      <Footer underline={underline} />
    </Pane>
  );
}

function WrittenActions(p: { isAnswer: boolean; underline: Underline; onUnderline: (underline: Underline) => void }) {
  const prompt = useStudio((s) => s.writtenAfter);
  const written = useStudio((s) => s.written);
  const text = written.map(({ text }) => text).join('');
  return (
    <>
      <UnderlineSelect value={p.underline} onChange={p.onUnderline} />
      <CopyMenu text={p.isAnswer || text === '' ? text : prompt + text} />
    </>
  );
}

/** Note that another model or checkpoint than the current one wrote the text. */
function StaleNote() {
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
function EarlierTexts() {
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
/** Appends the first words of the text to equal names, as many as distinguish them. */
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
    const sameNamed = words.filter((_, k) => k !== i && names[k] === name);
    if (sameNamed.length === 0) return name;
    const firstWords = (textWords: readonly string[], count: number): string => textWords.slice(0, count).join(' ');
    let count = MIN_WORDS;
    while (
      count < MAX_WORDS &&
      sameNamed.some((textWords) => firstWords(textWords, count) === firstWords(words[i]!, count))
    )
      count += 1;
    return `${name} “${firstWords(words[i]!, count)}”`;
  });
}
const [MIN_WORDS, MAX_WORDS] = [3, 12];
const longName = ({ by, prompt }: EarlierText): string =>
  `${by.name}, step ${formatCount(by.step)}, after “${prompt.slice(-PROMPT_END)}”`;
const PROMPT_END = 40;

function Footer({ underline }: { underline: 'surprise' | 'off' }) {
  const mean = useStudio((s) => meanBits(s.written));
  const validationLoss = useStudio(({ writtenBy, ...s }) =>
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
        {validationLoss !== undefined && `, ${formatNumber(validationLoss / Math.LN2)} on the validation set`}
      </span>
    </div>
  );
}

/** Scrolls to new text and keeps the newest token in view, unless the user scrolls up. */
function useScrollToNewest(length: number, isWriting: boolean) {
  const endRef = useRef<HTMLSpanElement>(null);
  const isFirstScroll = useRef(true);
  useLayoutEffect(() => {
    const scroller = scrollingAncestor(endRef.current);
    if (!isWriting) isFirstScroll.current = true;
    if (!isWriting || !scroller || !endRef.current) return;
    // If the page scrolls instead of the pane, more content may be below the text.
    const visibleBottom =
      scroller === document.scrollingElement ? innerHeight : scroller.getBoundingClientRect().bottom;
    const hiddenHeight = endRef.current.getBoundingClientRect().bottom - visibleBottom + FOOTER_HEIGHT;
    if (hiddenHeight > 0 && (isFirstScroll.current || hiddenHeight < NEAR_DISTANCE)) scroller.scrollTop += hiddenHeight;
    isFirstScroll.current = false;
  }, [length, isWriting]);
  return endRef;
}

/** Scrolling ancestor: the pane, else the page's scrolling part, else the page. */
function scrollingAncestor(element: HTMLElement | null): Element | undefined {
  const candidates = [element?.closest('[data-pane]'), element?.closest('#stage'), document.scrollingElement];
  return candidates.find((box) => box != null && box.scrollHeight > box.clientHeight + 1) ?? undefined;
}
/** Height of the line at the foot, in px. */
const FOOTER_HEIGHT = 56;
/** Height of a few lines of text, in px. */
const NEAR_DISTANCE = 160;
