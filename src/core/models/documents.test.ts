import { beforeAll, test } from 'vitest';
import { decisiveModel, DECODERS } from '../../testing/decoding';
import { expectAsAlone, expectUnseenDocuments } from '../../testing/documents';
import { useSingleThreadWasm } from '../../testing/wasm';

beforeAll(useSingleThreadWasm);

test.each(Object.entries(DECODERS))('%s: documents in a row give the same results as each alone', async (_, choice) => {
  const net = await decisiveModel(choice);
  await expectAsAlone(net);
  for (const how of [{ dropout: 0 }, { dropout: 0.2, attentionDropout: 0.3, recompute: true }])
    await expectUnseenDocuments(net, how);
  net.dispose();
});
