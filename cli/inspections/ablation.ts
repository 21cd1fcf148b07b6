/** Loss without each component. */
import { formatReading } from '../../src/core/base/units';
import type { Component } from '../../src/core/inspect/ablation';
import { inColumns } from '../table';
import { print } from '../terminal';
import { inFloat, type Printer, textsOf } from './printer';

export const ablationPrinter: Printer<'ablation'> = {
  json({ passage, replacement, ablation: { loss, components } }, tokenizer) {
    return {
      tokens: textsOf(tokenizer, passage.ids),
      ...(passage.source && { source: textsOf(tokenizer, passage.source) }),
      replacement,
      loss: inFloat(loss),
      components: components.map(({ component, loss: without }) => ({
        ...component,
        loss: inFloat(without),
        change: inFloat(without - loss),
      })),
    };
  },

  print({ passage, replacement, ablation: { loss, components } }) {
    const isPair = passage.source !== undefined;
    const rows = components.map(({ component, loss: without }) => [
      componentWords(component, isPair),
      formatReading(without),
      formatReading(without - loss),
    ]);
    for (const line of inColumns([['component', 'loss without it (nats)', 'change'], ...rows], 1)) print(line);
    const instead = replacement === 'zero' ? 'zeros' : 'their mean over the passage';
    print(
      `Mean loss ${formatReading(loss)} nats per token. Outputs were replaced with ${instead}, one component at a time.`,
    );
  },
};

/** `layer 1, head 0`, for T5 with its stack. */
function componentWords(component: Component, isPair: boolean): string {
  const { site, layer } = component;
  const stack = { self: 'decoder ', encoder: 'encoder ', cross: 'cross-attention ' }[site];
  const part = {
    head: () => `, head ${'head' in component ? component.head : ''}`,
    mlp: () => ', MLP',
    layer: () => '',
  };
  return `${isPair ? stack : ''}layer ${layer}${part[component.kind]()}`;
}
