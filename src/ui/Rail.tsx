import { useEffect, useId, useRef, type ReactNode, type RefObject } from 'react';
import { cx } from './cx';
import { Icon } from './Icon';
import styles from './Rail.module.css';

/** Ring, filled dot, ringed green dot, two bars (`paused` and `interrupted`), half amber dot, red diamond. */
export type RailSign = 'none' | 'done' | 'running' | 'paused' | 'interrupted' | 'stale' | 'failed';
export interface RailStage {
  id: string;
  href: string;
  name: string;
  sign: RailSign;
  /** Artifact of the stage, on the second line: `GPT, 2.19 M parameters`. */
  line?: string | undefined;
  /** `automatic`: small, on one line. `door`: a plus instead of a sign. */
  form?: 'automatic' | 'door' | undefined;
}
interface RailGroup {
  name: string;
  stages: readonly RailStage[];
}
interface RailProps {
  groups: readonly RailGroup[];
  current: string;
  onGo: (stage: RailStage) => void;
  foot: {
    /** Link to instructions for checking the promise. */
    promise: string;
    onPromise: () => void;
    /** `214 MB stored here`; undefined while unknown. */
    stored: string | undefined;
  };
  /** News, below the foot; on a phone below the rail. */
  news?: ReactNode;
}
const WORDS: Readonly<Record<RailSign, string | undefined>> = {
  none: undefined,
  done: undefined,
  running: 'running',
  paused: 'paused',
  interrupted: 'interrupted',
  stale: 'out of date',
  failed: 'failed',
};

/** All stages in their groups, each with its sign and artifact. */
export function Rail({ groups, current, onGo, foot, news }: RailProps) {
  const rail = useRef<HTMLElement>(null);
  const here = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    const box = rail.current;
    if (!box) return;
    const goToCurrent = () => {
      if (here.current && box.scrollWidth > box.clientWidth)
        box.scrollLeft += here.current.getBoundingClientRect().left - 16;
    };
    // Runs now, after the fonts load, and when the window is resized.
    const observer = new ResizeObserver(goToCurrent);
    observer.observe(box);
    void document.fonts.ready.then(goToCurrent);
    return () => observer.disconnect();
  }, [current]);
  return (
    <nav className={styles.rail} aria-label="Stages" ref={rail}>
      <div className={styles.path}>
        {groups.map((group) => (
          <Group key={group.name} group={group} current={current} here={here} onGo={onGo} />
        ))}
        <div className={styles.foot}>
          <button type="button" onClick={foot.onPromise}>
            {foot.promise}
          </button>
          {foot.stored !== undefined && <span>{foot.stored}</span>}
        </div>
      </div>
      {news !== undefined && <p className={styles.news}>{news}</p>}
    </nav>
  );
}

interface Listed extends Pick<RailProps, 'current' | 'onGo'> {
  here: RefObject<HTMLAnchorElement | null>;
}

function Group({ group, ...listed }: Listed & { group: RailGroup }) {
  const id = useId();
  return (
    <>
      <h2 id={id}>{group.name}</h2>
      <ol aria-labelledby={id}>
        {group.stages.map((stage) => (
          <li key={stage.id}>
            <Entry stage={stage} {...listed} />
          </li>
        ))}
      </ol>
    </>
  );
}

function Entry({ stage, current, here, onGo }: Listed & { stage: RailStage }) {
  const { sign, line, form } = stage;
  const word = form === 'door' ? undefined : WORDS[sign];
  const isCurrent = stage.id === current;
  // One line has room for either the word or the artifact.
  const isOneLine = form !== undefined || line === undefined;
  return (
    <a
      href={stage.href}
      ref={isCurrent ? here : undefined}
      aria-current={isCurrent ? 'page' : undefined}
      className={cx(isOneLine && styles.oneLine, form && styles[form])}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        onGo(stage);
      }}
    >
      {form === 'door' ? <Icon name="plus" size={14} /> : <i className={cx(styles.node, styles[sign])} />}
      <span className={styles.name}>{stage.name}</span>
      {word && <span className={cx(styles.word, styles[sign])}>{word}</span>}
      {line !== undefined && !(isOneLine && word) && <span className={styles.line}>{line}</span>}
    </a>
  );
}
