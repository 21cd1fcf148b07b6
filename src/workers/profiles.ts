/** What a plan must know of texts, read once for all plans of the same ones. */
import type { BlobStore } from '../core/base/blobStore';
import type { Job } from '../core/base/job';
import { profileText, type TextProfile } from '../core/plan/profile';
import { openTexts } from './data';

type Profiles = (store: BlobStore, texts: readonly string[], job: Job) => Promise<TextProfile>;

export function profiles(): Profiles {
  let last: { of: string; profile: Promise<TextProfile> } | undefined;
  const profileOf: Profiles = async (store, texts, job) => {
    const { documents, refs } = await openTexts(store, texts);
    const of = refs.join(' ');
    if (last?.of === of) {
      const profile = await last.profile.catch(() => undefined);
      job.signal.throwIfAborted();
      // Who asked for it first has stopped.
      return profile ?? profileOf(store, texts, job);
    }
    const own = { of, profile: profileText(documents, job) };
    last = own;
    own.profile.catch(() => {
      if (last === own) last = undefined;
    });
    return own.profile;
  };
  return profileOf;
}
