import { useSearch } from 'wouter';
import { DataPage } from './data/DataPage';
import { TokenizerPage } from './tokenizer/TokenizerPage';

/** What the model reads in place of the text: its tokens, and the data that are made of them. */
export function TokensPage() {
  return new URLSearchParams(useSearch()).get('part') === 'data' ? <DataPage /> : <TokenizerPage />;
}
