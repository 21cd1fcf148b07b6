/** Profiles of texts for plans, computed once per set of texts. */
import type { BlobStore } from '../core/base/blobStore';
import type { Job } from '../core/base/job';
import { trainingSize, textOf } from '../core/documents';
import { profileText, type TextProfile } from '../core/plan/profile';
import { openTexts } from '../jobs/buildData';

type Profiles = (store: BlobStore, texts: readonly string[], job: Job) => Promise<TextProfile>;

/** A profile that is computed in advance, such as that of a bundled sample. */
export interface KnownProfile {
  /** Hash of the training text. */
  sha256: string;
  profile: TextProfile;
}

export function profiles(known: readonly KnownProfile[] = []): Profiles {
  let last: { of: string; profile: Promise<TextProfile> } | undefined;
  const profileOf: Profiles = async (store, texts, job) => {
    if (texts.length === 1) {
      const { sha256, bytes } = trainingSize(await textOf(store, texts[0]!));
      // A table may have other columns now.
      const found = known.find((one) => one.sha256 === sha256 && one.profile.bytes === bytes);
      if (found) return found.profile;
    }
    const { documents, refs } = await openTexts(store, texts);
    const of = refs.join(' ');
    if (last?.of === of) {
      const profile = await last.profile.catch(() => undefined);
      job.signal.throwIfAborted();
      // The first caller stopped.
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
