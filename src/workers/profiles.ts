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
      const match = known.find((candidate) => candidate.sha256 === sha256 && candidate.profile.bytes === bytes);
      if (match) return match.profile;
    }
    const { documents, refs } = await openTexts(store, texts);
    const key = refs.join(' ');
    if (last?.of === key) {
      const profile = await last.profile.catch(() => undefined);
      job.signal.throwIfAborted();
      // The first caller stopped.
      return profile ?? profileOf(store, texts, job);
    }
    const entry = { of: key, profile: profileText(documents, job) };
    last = entry;
    entry.profile.catch(() => {
      if (last === entry) last = undefined;
    });
    return entry.profile;
  };
  return profileOf;
}
