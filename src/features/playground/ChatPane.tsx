import { type KeyboardEvent, type RefObject, useEffect, useRef, useState } from 'react';
import { resultNote, writtenVocabulary } from '../../state/playground';
import { useStudio } from '../../state/react';
import { Button, cx, IconButton, Pane, SurpriseLegend, TextField, TokenText } from '../../ui';
import { GenerateOrStop } from './GenerateOrStop';
import { CopyMenu } from './CopyMenu';
import styles from './ChatPane.module.css';
import inline from './inlineTokens.module.css';
import { tokenView } from './surprise';
import { type Underline, UnderlineSelect } from './UnderlineSelect';
import { useMissingInput } from './useMissingInput';

/** Conversation, and the composer of the next message. Each token of the last answer is selectable. */
export function ChatPane({ chosen, onChoose }: { chosen: number | undefined; onChoose: (index: number) => void }) {
  const messages = useStudio((s) => s.said);
  const question = useStudio((s) => s.writtenAfter);
  const [underline, setUnderline] = useState<Underline>('surprise');
  const isEmpty = messages.length === 0 && question === '';
  return (
    <Pane
      title="Chat"
      isFirstOnPhone
      aside={<ChatActions underline={underline} onUnderline={setUnderline} isEmpty={isEmpty} />}
    >
      <ol className={styles.turns} aria-label="Messages">
        {isEmpty && <li className={styles.nothing}>Your messages and the answers appear here</li>}
        {messages.map(({ role, content }, i) => (
          <li key={i} className={styles[role]}>
            <b>{ROLE_NAMES[role]}</b>
            <p dir="auto">{content}</p>
          </li>
        ))}
        {question !== '' && (
          <>
            <li className={styles['user']}>
              <b>{ROLE_NAMES.user}</b>
              <p dir="auto">{question}</p>
            </li>
            <Answer isUnderlined={underline === 'surprise'} chosen={chosen} onChoose={onChoose} />
          </>
        )}
      </ol>
      <Composer />
    </Pane>
  );
}
const ROLE_NAMES = { system: 'System', user: 'You', assistant: 'Model' } as const;

function Answer(p: { isUnderlined: boolean; chosen: number | undefined; onChoose: (index: number) => void }) {
  const written = useStudio((s) => s.written);
  const writing = useStudio((s) => s.writing);
  const answerAgain = useStudio((s) => s.answerAgain);
  const vocabulary = useStudio(writtenVocabulary);
  const note = useStudio(resultNote);
  const endRef = useScrollToEnd(written.length);
  const views = written.map((token) => tokenView(token, vocabulary));
  const isSilent = written.length === 0 && writing.kind === 'done';
  return (
    <li className={styles['assistant']}>
      <b>{ROLE_NAMES.assistant}</b>
      <div className={cx(styles.answer, inline['inline'])} dir="auto">
        {written.length > 0 && (
          <TokenText
            form="underline"
            label="Tokens of the answer"
            tokens={p.isUnderlined ? views : views.map((view) => ({ ...view, step: 0 as const }))}
            chosen={p.chosen}
            onChoose={p.onChoose}
          />
        )}
        {writing.kind === 'writing' && <span className={inline['caret']} aria-hidden />}
        {isSilent && <span className={styles.silent}>The model ended its turn without an answer</span>}
      </div>
      {writing.kind === 'done' && (
        <div className={styles.beneath}>
          {p.isUnderlined && written.length > 0 && <SurpriseLegend />}
          {note !== undefined && <span>Written {note}</span>}
          <Button variant="quiet" isDense icon="retry" onPress={() => void answerAgain()}>
            Answer again
          </Button>
        </div>
      )}
      <span ref={endRef} />
    </li>
  );
}

function ChatActions(p: { underline: Underline; onUnderline: (underline: Underline) => void; isEmpty: boolean }) {
  const startNewChat = useStudio((s) => s.endWriting);
  const text = useStudio(({ said, writtenAfter, written }) => {
    const answer = written.map(({ text }) => text).join('');
    const lastTurn =
      writtenAfter === ''
        ? []
        : ([
            { role: 'user', content: writtenAfter },
            { role: 'assistant', content: answer },
          ] as const);
    return [...said, ...lastTurn].map(({ role, content }) => `${ROLE_NAMES[role]}: ${content}`).join('\n\n');
  });
  return (
    <>
      <UnderlineSelect value={p.underline} onChange={p.onUnderline} />
      <CopyMenu text={text} />
      <IconButton
        icon="plus"
        label="New chat"
        disabledReason={p.isEmpty ? 'No messages yet' : undefined}
        onPress={startNewChat}
      />
    </>
  );
}

/** Message field: Enter sends, Shift+Enter adds a line. */
function Composer() {
  const message = useStudio((s) => s.prompt ?? '');
  const setMessage = useStudio((s) => s.setPrompt);
  const generate = useStudio((s) => s.generate);
  const isWriting = useStudio((s) => s.writing.kind === 'writing');
  const missingInput = useMissingInput();
  const isBlank = message.trim() === '';
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    if (!isBlank && !isWriting) void generate();
  };
  return (
    <div className={styles.composer} onKeyDown={onKeyDown}>
      <TextField
        label="Message"
        hideLabel
        rows={2}
        isProse
        value={message}
        onChange={setMessage}
        placeholder="Write a message"
        error={missingInput.error}
        area={missingInput.field}
      />
      <GenerateOrStop onMissingInput={missingInput.onMissingInput} />
    </div>
  );
}

/** Returns a ref for the end of the text, which is scrolled into view when `length` changes. */
function useScrollToEnd(length: number): RefObject<HTMLSpanElement | null> {
  const endRef = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    endRef.current?.scrollIntoView({ block: 'nearest' });
  }, [length]);
  return endRef;
}
