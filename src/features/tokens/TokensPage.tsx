import { useSearch } from 'wouter';
import { DataPage } from './data/DataPage';
import { TokenizerPage } from './tokenizer/TokenizerPage';

/** Tokens & data: the tokenizer, and the token data built with it. */
export function TokensPage() {
  return new URLSearchParams(useSearch()).get('part') === 'data' ? <DataPage /> : <TokenizerPage />;
}
