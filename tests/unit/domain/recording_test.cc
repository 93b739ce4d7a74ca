// Recordings of conversations (O6, A18): kept for their time, forgotten by themselves.
#include "protocol/domain/recording.h"

#include <gtest/gtest.h>

#include "protocol/base/hash.h"
#include "protocol/domain/fold.h"
#include "protocol/domain/recording_sound.h"

namespace opora::protocol {
namespace {

constexpr TimeMs kBegan{1'795'152'667'250};
constexpr SiteNo kHere{17};

Recorded talk(std::uint16_t part = 1, TimeMs at = kBegan) {
  Recorded out;
  out.call = id_from("call", {"one"});
  out.part = part;
  out.desk = DeskNo{2};
  out.line = "Регистратура";
  out.agent = "201";
  out.started_at = at;
  return out;
}

RecordingKept kept(const Recorded& of = talk()) {
  RecordingKept out;
  out.of = of;
  out.duration_ms = 3'000;
  out.keep_until = of.started_at + kRecordingDays * kDayMs;
  out.bytes = 24'000;
  return out;
}

Event told(Facts facts, SiteNo origin = kHere, std::uint64_t hlt = 1) {
  Event out;
  out.env.origin = origin;
  out.env.hlt = Hlt{hlt};
  out.env.type = type_of(facts);
  out.env.aggregate = recording_id(talk());
  out.env.seq = OwnerSeq(1);
  out.facts = std::move(facts);
  return out;
}

Entity entity_of(const std::vector<Event>& events) {
  Entity out;
  out.kind = Kind::kRecording;
  out.id = recording_id(talk());
  for (const Event& each : events) EXPECT_EQ(fold(out, each), FoldResult::kFolded);
  return out;
}

DecideContext at(TimeMs now, SiteNo site = kHere) {
  DecideContext out;
  out.site = site;
  out.now = now;
  return out;
}

const TimeMs kOver = kBegan + kRecordingDays * kDayMs;

TEST(Recording, ItsIdBeginsWithItsTimeAndIsOneForOnePart) {
  EXPECT_EQ(recording_id(talk()), recording_id(talk()));
  EXPECT_NE(recording_id(talk(1)), recording_id(talk(2)));
  EXPECT_LT(recording_id(talk(1, kBegan)), recording_id(talk(1, kBegan + 1)));
  EXPECT_EQ(bucket_of(recording_id(talk(1))), bucket_of(recording_id(talk(2))));
  EXPECT_TRUE(may_be_recording(recording_id(talk())));
  EXPECT_FALSE(may_be_recording(id_from("ticket", {"one"})));
}

TEST(Recording, IsKeptOnceWithItsKeyAndItsWaveform) {
  const KeepRecording keep{kept(), std::string(64, 'a'), "AAzz"};
  const auto drafts = decide(keep, Entity{Kind::kRecording, recording_id(talk()), {}, {}});
  ASSERT_TRUE(drafts.ok());
  ASSERT_EQ(drafts->size(), 1U);
  EXPECT_EQ(drafts->front().personal.at(PersonalField::kPeaks), "AAzz");
  EXPECT_TRUE(decide(keep, entity_of({told(kept())})).value().empty());
  const KeepRecording bad{kept(), "short", "AA"};
  EXPECT_EQ(decide(bad, Entity{}).error().path, "key");
}

TEST(Recording, GoesWhenItsTimeIsOverByAConfirmedClockAndByItsOwnSite) {
  const Entity entity = entity_of({told(kept())});
  const auto drafts = decide_retention(entity, ClockTrust::kConfirmed, at(kOver));
  ASSERT_EQ(drafts.size(), 1U);
  EXPECT_TRUE(std::holds_alternative<RecordingErased>(drafts.front().facts));
  EXPECT_TRUE(decide_retention(entity, ClockTrust::kConfirmed, at(kOver + -1)).empty());
  EXPECT_TRUE(decide_retention(entity, ClockTrust::kOwn, at(kOver)).empty());
  EXPECT_TRUE(decide_retention(entity, ClockTrust::kConfirmed, at(kOver, SiteNo{3})).empty());
}

TEST(Recording, TheRegionsOwnEndLeavesTheSitesRow) {
  const Event by_site = told(RecordingErased{RecordingEnd::kRetention, kOver});
  const Event by_hub = told(RecordingErased{RecordingEnd::kRetention, kOver + -1}, kHubSite, 2);
  for (const auto& order :
       {std::vector{told(kept()), by_site, by_hub}, std::vector{by_hub, by_site, told(kept())}})
    EXPECT_EQ(entity_of(order).as<RecordingState>()->erased_at, kOver);
}

TEST(Recording, IsNotPlayedAfterItsTimeWhateverWasDestroyed) {
  Entity entity = entity_of({told(kept())});
  EXPECT_TRUE(is_playable(entity, kOver + -1));
  EXPECT_FALSE(is_playable(entity, kOver));
  entity.erased = true;
  EXPECT_FALSE(is_playable(entity, kBegan));
}

TEST(Recording, OfTwoBeginningsTheEarlierStandsInAnyOrder) {
  RecordingKept second = kept();
  second.duration_ms = 9'000;
  const Event first = told(kept(), kHere, 1);
  const Event later = told(second, kHere, 2);
  for (const auto& order : {std::vector{first, later}, std::vector{later, first}})
    EXPECT_EQ(entity_of(order).as<RecordingState>()->duration_ms, 3'000U);
}

TEST(Recording, ItsRowsAreThoseOfTheListTheCallAndItsEnd) {
  EXPECT_EQ(facets(entity_of({told(kept())})).index.size(), 3U);
  Entity erased = entity_of({told(kept()), told(RecordingErased{RecordingEnd::kRetention, kOver})});
  erased.erased = true;
  const auto rows = facets(erased).index;
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_TRUE(rows[0].key.starts_with(keys::recordings_of_call(talk().call)));
  const auto missed = facets(entity_of({told(RecordingMissed{talk(), RecordingFault::kGone})}));
  EXPECT_EQ(missed.index.size(), 2U);
}

TEST(Recording, AnEndThatCameFirstHasNoRowsOfItsOwn) {
  const Entity end = entity_of({told(RecordingErased{RecordingEnd::kRetention, kOver})});
  EXPECT_TRUE(facets(end).index.empty());
}

TEST(Sound, ALawGivesBackWhatItTook) {
  for (int code = 0; code < 256; ++code) {
    const auto byte = static_cast<std::uint8_t>(code);
    EXPECT_EQ(a_law_of(sample_of(byte)), byte) << code;
  }
  for (const int sample : {0, 100, -100, 4'000, -4'000, 32'767, -32'768}) {
    const auto back = sample_of(a_law_of(static_cast<std::int16_t>(sample)));
    EXPECT_NEAR(back, sample, 16 + std::abs(sample) / 16) << sample;
  }
}

TEST(Sound, ThePeaksAreAsManyAsFitAndTellPauseFromVoice) {
  const auto loud = static_cast<char>(a_law_of(12'000));
  const auto silent = static_cast<char>(a_law_of(0));
  Bytes sound(8'000, loud);
  sound.append(8'000, silent);
  const std::string peaks = peaks_of(sound);
  EXPECT_EQ(peaks.size(), kMaxPeaks);
  const auto levels = levels_of(peaks);
  EXPECT_GT(levels.front(), 30);
  EXPECT_LT(levels.back(), 3);
  EXPECT_EQ(peaks_of(Bytes(5, loud)).size(), 5U);
  EXPECT_TRUE(peaks_of("").empty());
  EXPECT_EQ(levels_of("A_ "), (std::vector<std::uint8_t>{0, 63, 0}));
}

TEST(Sound, TheHeaderSaysHowLongItIs) {
  const Bytes header = wav_header(8'000);
  EXPECT_EQ(header.size(), kWavHeaderBytes);
  EXPECT_EQ(header.substr(0, 4), "RIFF");
  EXPECT_EQ(header.substr(36, 4), "data");
  EXPECT_EQ(wav_bytes(8'000), 16'044U);
}

}  // namespace
}  // namespace opora::protocol
