// The keeper over a real engine and a PBX that does as it is told (O6, A18).
#include "node/recordings/recording_keeper.h"

#include <future>
#include <map>

#include <gtest/gtest.h>

#include "protocol/codec/seal.h"
#include "protocol/domain/recording_sound.h"
#include "sync/engine/recall.h"
#include "sync/journal/files.h"
#include "sync/journal/memory_store.h"
#include "sync/projection/projection.h"
#include "tests/support/moved_clock.h"
#include "tests/support/region.h"
#include "web/app/recording_sweep.h"
#include "web/app/recordings.h"

namespace opora::node {
namespace {

using protocol::Kind;
using protocol::RecordingFault;
using protocol::RecordingState;
using telephony::CallNo;
using telephony::RecordingSource;
using telephony::TapeKey;
using telephony::TapeRow;
using telephony::TapeStep;

constexpr SiteNo kHere{17};

Bytes three_seconds() {
  constexpr int kSamples = 24'000;
  Bytes out = protocol::wav_header(kSamples);
  for (int i = 0; i < kSamples; ++i) out += Bytes("\x10\x27", 2);
  return out;
}

class ToldSource final : public RecordingSource {
 public:
  Result<Sound> fetch(TapeKey tape) override {
    ++fetched;
    if (away) return Error{Code::kUnavailable, "", "away"};
    const auto found = files.find(tape);
    if (found == files.end()) return Sound{};
    return Sound{Found::kHere, found->second};
  }
  Status remove(TapeKey tape) override {
    if (away) return Error{Code::kUnavailable, "", "away"};
    files.erase(tape);
    return ok_status();
  }
  void stop() override {}

  std::map<TapeKey, Bytes> files;
  bool away = false;
  int fetched = 0;
};

class Keeper : public ::testing::Test {
 protected:
  Keeper() { begin(); }
  ~Keeper() override { engine_->stop(); }

  void begin() {
    auto core = sync::EngineCore::open(store_, {kHere, protocol::SiteKey::random(random_), zone()},
                                       clock_, random_, observer_);
    engine_ = std::make_unique<sync::Engine>(std::move(*core), clock_, [] {});
    keeper_ = std::make_unique<RecordingKeeper>(
        RecordingKeeper::Ports{store_, *engine_, clock_, random_, kHere, &source_,
                               [this] { return confirmed_; }, [this] { return room_; }},
        settings_);
  }
  static protocol::ZoneOffset zone() {
    return [](TimeMs) { return std::int16_t{180}; };
  }

  void run(std::function<void(sync::Decision&)> what) {
    std::promise<void> done;
    sync::Command command;
    command.decide = [&](sync::Decision& decision) {
      what(decision);
      return Result<sync::Answer>(sync::Answer{});
    };
    command.done = [&](const Result<sync::Answer>&) { done.set_value(); };
    engine_->submit(std::move(command));
    done.get_future().get();
  }

  TapeRow tape(TapeStep step = TapeStep::kToFetch) {
    TapeRow row;
    row.no = CallNo{7};
    row.of.call = id_from("call", {"seven"});
    row.of.part = 1;
    row.of.agent = "201";
    row.of.started_at = clock_.now();
    row.step = step;
    row.over_at = clock_.now();
    return row;
  }
  TapeRow records(TapeStep step = TapeStep::kToFetch) {
    const TapeRow row = tape(step);
    source_.files[row.key()] = three_seconds();
    run([&](sync::Decision& decision) { telephony::put_tape(decision, row); });
    return row;
  }
  protocol::Entity kept(const TapeRow& row) {
    return sync::read_entity(*store_.snapshot(), Kind::kRecording, protocol::recording_id(row.of));
  }
  const RecordingState* state(const TapeRow& row) {
    entity_ = kept(row);
    return entity_.as<RecordingState>();
  }
  std::size_t rows() { return telephony::read_tapes(*store_.snapshot(), 100).size(); }
  std::uint64_t bytes() { return sync::recording_bytes(*store_.snapshot()); }

  testing::MovedClock clock_{TimeMs{1'795'152'667'250}};
  SystemRandom random_;
  sync::MemoryStore store_;
  sync::EngineObserver observer_;
  std::unique_ptr<sync::Engine> engine_;
  ToldSource source_;
  RecordingSettings settings_;
  std::unique_ptr<RecordingKeeper> keeper_;
  protocol::Entity entity_;
  bool confirmed_ = true;
  bool room_ = true;
};

TEST_F(Keeper, WhatWasRecordedIsKeptSealedAndThePbxHasItNoMore) {
  const TapeRow row = records();
  keeper_->turn();
  ASSERT_NE(state(row), nullptr);
  EXPECT_EQ(state(row)->duration_ms, 3'000U);
  EXPECT_EQ(state(row)->keep_until, row.of.started_at + 30 * protocol::kDayMs);
  EXPECT_EQ(bytes(), 24'000U);
  EXPECT_TRUE(source_.files.empty());
  EXPECT_EQ(rows(), 0U);
  const auto chunk = sync::read_chunk(*store_.snapshot(), {entity_.id, state(row)->hash}, 0);
  ASSERT_TRUE(chunk.has_value());
  const Bytes silence(64, static_cast<char>(protocol::a_law_of(10'000)));
  EXPECT_EQ(chunk->find(silence), Bytes::npos);
}

TEST(SoundOfRecordings, WhatStaysAtItsSiteIsNotOnItsWayToTheRegion) {
  const sync::MemoryStore region;
  protocol::Entity heard;
  RecordingState state;
  state.keep_until = TimeMs{2'000};
  state.copies = protocol::Copies::kSiteAlone;
  heard.state = state;
  const auto is = [&](TimeMs now) { return app::sound_of(*region.snapshot(), heard, now); };
  EXPECT_EQ(is(TimeMs{1'000}), app::SoundIs::kAtSite);
  EXPECT_EQ(is(TimeMs{2'000}), app::SoundIs::kGone);
  EXPECT_EQ(app::sound(*region.snapshot(), heard, {}, TimeMs{1'000}).error().code, Code::kConflict);
  state.copies = protocol::Copies::kSiteAndRegion;
  heard.state = state;
  EXPECT_EQ(is(TimeMs{1'000}), app::SoundIs::kOnItsWay);
}

TEST_F(Keeper, APbxThatIsAwayIsAskedAgainLater) {
  const TapeRow row = records();
  source_.away = true;
  keeper_->turn();
  keeper_->turn();
  EXPECT_EQ(source_.fetched, 1);
  source_.away = false;
  clock_.advance(RecordingKeeper::kFirstRetryMs);
  keeper_->turn();
  EXPECT_NE(state(row), nullptr);
}

TEST_F(Keeper, WhatThePbxHasNoMoreIsSaidAfterAWhile) {
  const TapeRow row = records();
  source_.files.clear();
  keeper_->turn();
  EXPECT_EQ(state(row), nullptr);
  clock_.advance(RecordingKeeper::kGoneAfterMs);
  keeper_->turn();
  ASSERT_NE(state(row), nullptr);
  EXPECT_TRUE(state(row)->missed);
  EXPECT_EQ(state(row)->fault, RecordingFault::kGone);
}

TEST_F(Keeper, WhatIsNoSoundIsSaidAtOnce) {
  const TapeRow row = records();
  source_.files[row.key()] = "noise";
  keeper_->turn();
  EXPECT_EQ(state(row)->fault, RecordingFault::kUnreadable);
  keeper_->turn();
  EXPECT_EQ(rows(), 0U);
}

TEST_F(Keeper, WithoutRoomItWaitsAtThePbx) {
  const TapeRow row = records();
  room_ = false;
  keeper_->turn();
  EXPECT_EQ(source_.fetched, 0);
  EXPECT_EQ(RecordingKeeper::waiting(*store_.snapshot(), clock_.now()).count, 1U);
  room_ = true;
  clock_.advance(RecordingKeeper::kLastRetryMs);
  keeper_->turn();
  EXPECT_NE(state(row), nullptr);
}

TEST_F(Keeper, ACallWhoseRowIsGoneIsOver) {
  const TapeRow row = records(TapeStep::kRuns);
  keeper_->turn();
  EXPECT_NE(state(row), nullptr);
}

TEST_F(Keeper, WhenItsTimeIsOverItsKeyAndItsSoundAreDestroyed) {
  const TapeRow row = records();
  keeper_->turn();
  clock_.advance(30 * protocol::kDayMs);
  confirmed_ = false;
  keeper_->turn();
  EXPECT_FALSE(kept(row).erased);
  confirmed_ = true;
  clock_.advance(app::kSweepEveryMs);
  keeper_->turn();
  const auto gone = kept(row);
  EXPECT_TRUE(gone.erased);
  EXPECT_TRUE(gone.personal.fields.empty());
  EXPECT_FALSE(sync::read_chunk(*store_.snapshot(), {gone.id, state(row)->hash}, 0).has_value());
  EXPECT_EQ(bytes(), 0U);
  EXPECT_FALSE(engine_->vault().find(*store_.snapshot(), gone.id).has_value());
}

TEST_F(Keeper, OfACallThatWasErasedMeanwhileNothingIsKept) {
  const TapeRow row = records();
  run([&](sync::Decision& decision) {
    protocol::Draft erasure;
    erasure.aggregate = row.of.call;
    erasure.facts = protocol::Erased{"приказ 1"};
    protocol::Drafts drafts;
    drafts.push_back(std::move(erasure));
    decision.emit(std::move(drafts));
  });
  keeper_->turn();
  EXPECT_FALSE(kept(row).exists());
  EXPECT_EQ(bytes(), 0U);
  EXPECT_TRUE(source_.files.empty());
  EXPECT_EQ(rows(), 0U);
}

TEST_F(Keeper, TheSameRecordingBroughtTwiceIsOne) {
  const TapeRow row = records();
  keeper_->turn();
  const FileHash first = state(row)->hash;
  source_.files[row.key()] = three_seconds();
  run([&](sync::Decision& decision) { telephony::put_tape(decision, row); });
  keeper_->turn();
  EXPECT_EQ(state(row)->hash, first);
  EXPECT_EQ(bytes(), 24'000U);
  EXPECT_EQ(rows(), 0U);
}

TEST_F(Keeper, WhatARestoredStoreHasFromTheRegionIsNotKeptAgain) {
  const TapeRow row = records();
  keeper_->turn();
  const auto kept_by = id_from("recording kept", {protocol::recording_id(row.of).view()});
  source_.files[row.key()] = three_seconds();
  run([&](sync::Decision& decision) {
    telephony::put_tape(decision, row);
    decision.write([&](sync::Transaction& txn) {
      txn.put(sync::Table::kDedup, kept_by.view(), sync::kAnswerLost.view());
    });
  });
  keeper_->turn();
  EXPECT_EQ(rows(), 0U);
  EXPECT_TRUE(source_.files.empty());
}

}  // namespace
}  // namespace opora::node
