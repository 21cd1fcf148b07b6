import type { RenderedToken } from '../../core/chat/renderChat';
import { formatCount } from '../../core/base/units';
import type { RenderedConversation } from '../../protocol/data';
import { cx } from '../../ui';
import styles from './TunePage.module.css';

/** Conversation by turns: trained tokens have a background and a line, context has neither. */
export function Turns({ example, hasBorders }: { example: RenderedConversation; hasBorders: boolean }) {
  return (
    <section className={styles.turns} aria-label={example.name}>
      <p>
        <span>{example.name}</span>
        <span>
          {formatCount(example.trained)} of {formatCount(example.of)} tokens trained on
          {example.of > example.tokens.length && `, truncated to ${formatCount(example.tokens.length)}`}
        </span>
      </p>
      {groupByTurn(example.tokens.slice(0, MAX_TOKENS)).map(({ role, tokens }, i) => (
        <div key={i} className={styles.turn}>
          <b>{role}</b>
          <div className={cx(styles.tokens, !hasBorders && styles.plain)} dir="auto">
            {(hasBorders ? tokens : mergeTokens(tokens)).map((token, index) => (
              <Token key={index} token={token} />
            ))}
          </div>
        </div>
      ))}
      {example.tokens.length > MAX_TOKENS && (
        <p>
          <span>{formatCount(example.tokens.length - MAX_TOKENS)} more tokens not shown</span>
        </p>
      )}
    </section>
  );
}
/** Maximum number of tokens drawn per conversation: more would block the page. */
const MAX_TOKENS = 2000;

function Token({ token: { text, hasLoss, isSpecial } }: { token: RenderedToken }) {
  if (text === '') return null;
  const lines = text.split('\n');
  return (
    <span className={cx(styles.token, hasLoss ? styles.withLoss : styles.read, isSpecial && styles.special)}>
      {lines.map((line, i) => (
        <span key={i}>
          {i > 0 && (
            <>
              <span className={styles.newline}>↵</span>
              {'\n'}
            </>
          )}
          {line}
        </span>
      ))}
    </span>
  );
}

interface Turn {
  role: RenderedToken['role'];
  tokens: readonly RenderedToken[];
}
function groupByTurn(tokens: readonly RenderedToken[]): readonly Turn[] {
  const turns: { role: RenderedToken['role']; tokens: RenderedToken[] }[] = [];
  for (const token of tokens) {
    const last = turns.at(-1);
    // A newline that the template writes before a turn belongs to the line before it.
    const endsLine = /^\n+$/.test(token.text) && turns.length > 0;
    if (last && (last.role === token.role || endsLine)) last.tokens.push(token);
    else turns.push({ role: token.role, tokens: [token] });
  }
  return turns;
}

/** Merges adjacent tokens of the same kind. */
function mergeTokens(tokens: readonly RenderedToken[]): readonly RenderedToken[] {
  const merged: RenderedToken[] = [];
  for (const token of tokens) {
    const last = merged.at(-1);
    if (last && !last.isSpecial && !token.isSpecial && last.hasLoss === token.hasLoss)
      merged[merged.length - 1] = { ...last, text: last.text + token.text };
    else merged.push(token);
  }
  return merged;
}
