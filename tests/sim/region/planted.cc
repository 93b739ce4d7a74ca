#include "tests/sim/region/planted.h"

#include <algorithm>
#include <array>

namespace opora::sim {
namespace {

constexpr std::array kMistakes{
    PlantedMistake{Planted::kAckBeforeSync, "ack-before-sync",
                   "the receiver acknowledges when the write is handed over"},
    PlantedMistake{Planted::kAnswerBeforeSync, "answer-before-sync",
                   "a command is answered before its commit"},
    PlantedMistake{Planted::kCommitNotSynced, "commit-not-synced",
                   "a commit says that it is synced and is only written"},
    PlantedMistake{Planted::kCommitTorn, "commit-torn",
                   "half of a commit is there after a power cut"},
    PlantedMistake{Planted::kCursorOutsideBatch, "cursor-outside-batch",
                   "the cursor is written by the commit after that of its entries"},
    PlantedMistake{Planted::kCursorAhead, "cursor-ahead",
                   "the receiver asks from one beyond what it has"},
    PlantedMistake{Planted::kDedupForgotten, "dedup-forgotten", "command ids are not kept"},
    PlantedMistake{Planted::kRetryWithNewKey, "retry-with-new-key",
                   "a repeated form gets a new Idempotency-Key"},
    PlantedMistake{Planted::kKeyRowLost, "key-row-lost", "the hub does not keep some keys"},
    PlantedMistake{Planted::kHistoryRowLost, "history-row-lost",
                   "some events are missing when an aggregate is folded again"},
    PlantedMistake{Planted::kIndexRowLost, "index-row-lost", "some look-up rows are not written"},
    PlantedMistake{Planted::kCubeRowLost, "cube-row-lost", "some report counters do not move"},
    PlantedMistake{Planted::kPersonalKept, "personal-kept", "an erasure leaves the personal rows"},
    PlantedMistake{Planted::kKeyKept, "key-kept", "an erasure leaves the key"},
    PlantedMistake{Planted::kFoldReadsPlace, "fold-reads-place",
                   "a fold gives another state at the hub than at the site"},
    PlantedMistake{Planted::kEntryDropped, "entry-dropped",
                   "the store says that it has an entry that it has not"},
    PlantedMistake{Planted::kEntryAltered, "entry-altered",
                   "the sender's store hands out another record than was written"},
    PlantedMistake{Planted::kThroughTooFar, "through-too-far",
                   "a site promises to have sent what is only about to happen"},
    PlantedMistake{Planted::kSessionReused, "session-reused",
                   "every session has the same id, and some frames of the hub go to another site"},
    PlantedMistake{Planted::kUserLeaked, "user-leaked", "every user is sent to site 1"},
    PlantedMistake{Planted::kKeyLeaked, "key-leaked", "every user's key is sent to site 1"},
    PlantedMistake{Planted::kProblemForgotten, "problem-forgotten",
                   "the end of a problem is not sent to the sites"},
    PlantedMistake{Planted::kRowsNotRemoved, "rows-not-removed",
                   "records that must go from a journal stay", "old backup"},
    PlantedMistake{Planted::kRecallWithoutKeys, "recall-without-keys",
                   "the hub never sends the keys of lost records", "wiped site"},
    PlantedMistake{Planted::kRecallIgnored, "recall-ignored",
                   "a site that lost records does not fetch them", "old backup"},
    PlantedMistake{Planted::kRecallDropsOwn, "recall-drops-own",
                   "what a restored site did itself is set aside", "old backup"},
    PlantedMistake{Planted::kForkForgotten, "fork-forgotten",
                   "the hub does not remember a fork, nor what was decided", "cloned site"},
    PlantedMistake{Planted::kAfreshIgnored, "afresh-ignored",
                   "a site goes on from its cursors after the hub was restored", "hub restored"},
    PlantedMistake{Planted::kIncarnationKept, "incarnation-kept",
                   "a store that is opened again says that it is the same opening", "old backup"},
    PlantedMistake{Planted::kSafeTooEarly, "safe-too-early",
                   "the hub calls safe what no backup has"},
    PlantedMistake{Planted::kToldBeside, "told-beside",
                   "a slice is acknowledged while its commit still goes on"},
    PlantedMistake{Planted::kOwnerNotTold, "owner-not-told",
                   "a change of a ticket's owner is sent to nobody"},
    PlantedMistake{Planted::kBorderAhead, "border-ahead",
                   "the region lets the old owner act beyond what it has heard of it"},
    PlantedMistake{Planted::kForgeryKept, "forgery-kept",
                   "what is not a site's to say stands in the journal all the same",
                   "hostile site"},
    PlantedMistake{Planted::kKeyForAWord, "key-for-a-word",
                   "whoever says something of a ticket is sent its key", "hostile site"},
    PlantedMistake{Planted::kUnreadDropped, "unread-dropped",
                   "an older version throws away what it does not know", "upgrade"},
    PlantedMistake{Planted::kUnreadForgotten, "unread-forgotten",
                   "an upgrade does not fold what the older version could not", "upgrade"},
    PlantedMistake{Planted::kUnreadNotTold, "unread-not-told",
                   "what is read after an upgrade is sent to nobody", "upgrade"},
    PlantedMistake{Planted::kUnreadKept, "unread-kept",
                   "what was read after an upgrade is read again at every start", "upgrade"},
    PlantedMistake{Planted::kChunkUnchecked, "chunk-unchecked",
                   "a chunk of a file is kept whatever its hash is"},
    PlantedMistake{Planted::kChunkSkipped, "chunk-skipped",
                   "a file is fetched from behind a chunk that is not here"},
    PlantedMistake{Planted::kFileForAnyone, "file-for-anyone", "whoever asks for a file is sent it",
                   "hostile site"},
    PlantedMistake{Planted::kFileSaidHeld, "file-said-held",
                   "the hub says that it has the files that it was only told of"},
    PlantedMistake{Planted::kFilesKept, "files-kept", "an erasure leaves files"},
    PlantedMistake{Planted::kLetterSaidFirst, "letter-said-first",
                   "a letter is said to be sent before the relay has it"},
    PlantedMistake{Planted::kLetterNotSaid, "letter-not-said",
                   "what the relay took is tried again later"},
    PlantedMistake{Planted::kLetterAstray, "letter-astray",
                   "a letter goes to the address of the one before it"},
    PlantedMistake{Planted::kLetterIdNew, "letter-id-new",
                   "a letter's Message-ID is not that of what it tells of"},
    PlantedMistake{Planted::kLetterKept, "letter-kept",
                   "a letter that was not taken is repeated as it was, whatever happened since"},
};

}  // namespace

std::span<const PlantedMistake> planted_mistakes() { return kMistakes; }

std::string_view fault_of(Planted mistake) {
  const auto it = std::find_if(kMistakes.begin(), kMistakes.end(),
                               [mistake](const PlantedMistake& one) { return one.id == mistake; });
  return it == kMistakes.end() ? std::string_view() : it->fault;
}

std::optional<Planted> planted_by_name(std::string_view name) {
  const auto it = std::find_if(kMistakes.begin(), kMistakes.end(),
                               [name](const PlantedMistake& one) { return one.name == name; });
  return it == kMistakes.end() ? std::nullopt : std::optional(it->id);
}

}  // namespace opora::sim
