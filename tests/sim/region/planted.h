// Deliberate mistakes, to show that the checkers can fail. Each stands in a seam between the
// product and the simulated world, at the place where the product would make it; the product itself
// knows nothing of them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace opora::sim {

enum class Planted : std::uint8_t {
  kNone,
  kAckBeforeSync,
  kAnswerBeforeSync,
  kCommitNotSynced,
  kCommitTorn,
  kCursorOutsideBatch,
  kCursorAhead,
  kDedupForgotten,
  kRetryWithNewKey,
  kKeyRowLost,
  kHistoryRowLost,
  kIndexRowLost,
  kCubeRowLost,
  kPersonalKept,
  kKeyKept,
  kFoldReadsPlace,
  kEntryDropped,
  kEntryAltered,
  kThroughTooFar,
  kSessionReused,
  kUserLeaked,
  kKeyLeaked,
  kProblemForgotten,
  kRowsNotRemoved,
  kRecallWithoutKeys,
  kRecallIgnored,
  kRecallDropsOwn,
  kForkForgotten,
  kAfreshIgnored,
  kIncarnationKept,
  kSafeTooEarly,
  kToldBeside,
  kOwnerNotTold,
  kBorderAhead,
  kForgeryKept,
  kKeyForAWord,
  kUnreadDropped,
  kUnreadForgotten,
  kUnreadNotTold,
  kUnreadKept,
  kChunkUnchecked,
  kChunkSkipped,
  kFileForAnyone,
  kFileSaidHeld,
  kFilesKept,
  kLetterSaidFirst,
  kLetterNotSaid,
  kLetterAstray,
  kLetterIdNew,
  kLetterKept,
  kLogUnchecked,
  kDamageUnsaid,
  kSafetyIgnored,
  kSafetyBehind,
  kSafetyKeepsKeys,
  kHeadTrusted,
  kUploadsDiscarded,
  kKeptUnsaid,
  kRightForgotten,
  kCallEndsTwice,
  kLeaseIgnored,
  kClaimIgnored,
  kHandOverUnheard,
  kPauseCharged,
  kHandoverCharged,
  kThresholdForgotten,
  kCutUnsaid,
};

struct PlantedMistake {
  Planted id;
  std::string_view name;
  std::string_view what;
  std::string_view fault = {};  // without which it does no harm: happens often in its runs
};

std::span<const PlantedMistake> planted_mistakes();
// The fault that it needs; empty: none.
std::string_view fault_of(Planted mistake);
std::optional<Planted> planted_by_name(std::string_view name);

}  // namespace opora::sim
