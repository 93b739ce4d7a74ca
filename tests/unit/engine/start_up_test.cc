// What a start finds beside the store, and what it says: a second device that has more, that
// refuses, that cannot be read (OFF).
#include "sync/engine/start_up.h"

#include <set>

#include "tests/support/ticket_files.h"
#include "tests/unit/engine/fixture.h"

namespace opora::testing {
namespace {

using sync::AfterDamage;
using sync::OwnCommit;
using sync::SafetySegments;
using sync::StartUp;

constexpr SiteNo kSelf{17};

class MemoryNote final : public sync::Note {
 public:
  const std::optional<Bytes>& content() const override { return content_; }
  Status write(std::string_view content) override {
    content_ = Bytes(content);
    return ok_status();
  }
  Status sync() override { return ok_status(); }

 private:
  std::optional<Bytes> content_;
};

// What outlives its opening, and how it refuses.
struct Device {
  std::map<std::uint64_t, Bytes> files;
  std::map<std::string, std::map<std::uint64_t, Bytes>> asides;
  MemoryNote head;
  bool reads = true;
  bool puts_aside = true;
  bool removes = true;
};

class MemoryFiles final : public sync::SafetyFiles {
 public:
  explicit MemoryFiles(Device& device) : device_(device) {}

  sync::Note& head() override { return device_.head; }
  Result<Numbers> segments() const override { return numbers(device_.files); }
  Result<Bytes> read(std::uint64_t no) const override {
    if (!device_.reads) return Error{Code::kUnavailable, "", "the device does not answer"};
    return device_.files.at(no);
  }
  Status begin(std::uint64_t no) override {
    device_.files[no] = {};
    return ok_status();
  }
  Status append(std::string_view bytes) override {
    device_.files.rbegin()->second += bytes;
    return ok_status();
  }
  Status sync() override { return ok_status(); }
  Status sync_names() override { return ok_status(); }
  void remove(std::uint64_t no) override {
    if (device_.removes) device_.files.erase(no);
  }
  Result<std::string> set_aside(const Numbers&) override {
    if (!device_.puts_aside) return Error{Code::kUnavailable, "", "the device is full"};
    const std::string place = "aside-" + std::to_string(device_.asides.size() + 1);
    device_.asides[place] = std::exchange(device_.files, {});
    return place;
  }
  std::vector<std::string> asides() const override {
    std::vector<std::string> out;
    for (const auto& [place, files] : device_.asides) out.push_back(place);
    return out;
  }
  Result<Numbers> segments_aside(const std::string& place) const override {
    return numbers(device_.asides.at(place));
  }
  Result<Bytes> read_aside(const std::string& place, std::uint64_t no) const override {
    return device_.asides.at(place).at(no);
  }
  void remove_aside(const std::string& place) override { device_.asides.erase(place); }

 private:
  static Numbers numbers(const std::map<std::uint64_t, Bytes>& files) {
    Numbers out;
    for (const auto& [no, bytes] : files) out.insert(no);
    return out;
  }
  Device& device_;
};

class StartUpTest : public EngineCoreTest {
 protected:
  // The second device holds what the site has now, the store will have what it had at `then`.
  void guard() { guard(site.store()); }
  void guard(const sync::Store& store) {
    SafetySegments segments(std::make_unique<MemoryFiles>(device_), kSelf);
    ASSERT_TRUE(segments.open().ok());
    const auto rows = store.snapshot();
    const StreamPos end = sync::own_head(*rows, kSelf).end.pos;
    ASSERT_TRUE(segments
                    .replace([&](const SafetySegments::Visitor& visit) {
                      read_commits(*rows, kSelf, StreamPos{first_}, end, visit);
                    })
                    .ok());
  }
  Result<sync::StartedUp> start(sync::Store& store) {
    said_.clear();
    SafetySegments segments(std::make_unique<MemoryFiles>(device_), kSelf);
    if (const Status opened = segments.open(); !opened.ok()) return opened.error();
    if (cut_after_opening_) device_.reads = false;
    StartUp how{kSelf, clock.now(), {}, AfterDamage::kGoOn, {}};
    how.say = [this](StartUp::Weight, const std::string& what) { said_ += what + "\n"; };
    return put_right(store, head_, &segments, sync::Vault(site.site_key()), how, random_);
  }
  std::shared_ptr<sync::MemoryStore> torn() { return site.store().copy(); }
  static StreamPos end_of(const sync::Store& store) { return head_of(store).pos; }
  static sync::StreamHead head_of(const sync::Store& store) {
    return sync::own_head(*store.snapshot(), kSelf).end;
  }
  // What lies on the device goes aside, and a journal is begun that holds nothing.
  void set_aside() {
    SafetySegments segments(std::make_unique<MemoryFiles>(device_), kSelf);
    ASSERT_TRUE(segments.open().ok());
    ASSERT_TRUE(segments.set_aside().ok());
    device_.head = {};
  }
  // Another machine of the site, whose records begin where this one's do.
  std::unique_ptr<TestSite> other_machine() {
    auto other = std::make_unique<TestSite>(kSelf, clock, 1);
    replicate(hub, *other);
    return other;
  }

  Device device_;
  MemoryNote head_;
  std::uint64_t first_ = 1;
  bool cut_after_opening_ = false;
  std::string said_;
  SeededRandom random_{7};
};

TEST_F(StartUpTest, ARecordThatComesBackWithoutItsFileIsSaidForGood) {
  const AggregateId ticket = site.save(contact_from("89123456789", "не работает")).ticket;
  const auto torn = this->torn();
  ASSERT_TRUE(site.run(attaching(ticket, Bytes(70'000, 'x'))).ok());
  guard();
  ASSERT_TRUE(start(*torn)->changed);
  EXPECT_EQ(end_of(*torn), end_of(site.store()));
  EXPECT_THAT(said_, ::testing::HasSubstr("1 files that these records attach are not here"));
  const auto losses = sync::losses(*torn->snapshot());
  ASSERT_EQ(losses.size(), 1u);
  EXPECT_THAT(losses[0].text, ::testing::HasSubstr("1 files that these records attach"));
}

TEST_F(StartUpTest, ADeviceThatDoesNotPutAsideStopsNobodyAndIsNotWritten) {
  const auto torn = this->torn();
  site.save(contact_from("89123456781", "one"));
  first_ = end_of(site.store()).v + 1;
  site.save(contact_from("89123456782", "two"));
  guard();
  const auto before = device_.files;
  device_.puts_aside = false;
  const auto started = start(*torn);
  ASSERT_TRUE(started.ok());
  EXPECT_EQ(started->safety_why, "the device is full");
  EXPECT_EQ(device_.files, before);
  device_.puts_aside = true;
  EXPECT_EQ(start(*torn)->safety_why, "");
  EXPECT_EQ(device_.asides.size(), 1u) << "waits for the region";
}

TEST_F(StartUpTest, ADeviceThatIsGoneInTheMiddleStopsNobodyAndIsNotWritten) {
  const auto torn = this->torn();
  site.save(contact_from("89123456781", "one"));
  guard();
  cut_after_opening_ = true;
  const auto started = start(*torn);
  ASSERT_TRUE(started.ok());
  EXPECT_FALSE(started->changed);
  EXPECT_EQ(started->safety_why, "the device does not answer");
  EXPECT_THAT(said_, ::testing::HasSubstr("the safety journal cannot be used"));
}

TEST_F(StartUpTest, WhatWaitsAsideFollowsAStoreFromABackupThatEndsBeforeIt) {
  const auto empty = this->torn();
  site.save(contact_from("89123456781", "one"));
  const auto backup = this->torn();
  first_ = end_of(site.store()).v + 1;
  site.save(contact_from("89123456782", "two"));
  guard();
  ASSERT_FALSE(start(*empty)->changed);
  ASSERT_EQ(device_.asides.size(), 1u) << "waits for what lies between";
  device_.head = {};

  EXPECT_TRUE(start(*backup)->changed);
  EXPECT_EQ(end_of(*backup), end_of(site.store()));
  EXPECT_THAT(said_, ::testing::HasSubstr("repaired from the safety journal"));
  EXPECT_TRUE(device_.asides.empty()) << "the store has it";
}

TEST_F(StartUpTest, WhatLiesAsideIsSaidByAStoreFromABackupToo) {
  const auto torn = this->torn();
  site.save(contact_from("89123456781", "one"));
  first_ = end_of(site.store()).v + 1;
  site.save(contact_from("89123456782", "two"));
  guard();
  const auto backup = torn->copy();
  ASSERT_TRUE(start(*torn).ok());
  ASSERT_EQ(device_.asides.size(), 1u);
  ASSERT_EQ(sync::losses(*torn->snapshot()).size(), 1u);
  device_.files.clear();
  device_.head = {};  // as a journal that is written anew

  ASSERT_TRUE(start(*backup).ok());
  const auto losses = sync::losses(*backup->snapshot());
  ASSERT_EQ(losses.size(), 1u);
  EXPECT_THAT(losses[0].text, ::testing::HasSubstr("which the store has not: aside-1"));
  EXPECT_EQ(losses[0].from.v, first_);
  EXPECT_EQ(losses[0].to, end_of(site.store()));
  ASSERT_TRUE(start(*backup).ok());
  EXPECT_EQ(sync::losses(*backup->snapshot()).size(), 1u) << "once";
}

TEST_F(StartUpTest, OfTwoThatFollowTheStoreTheNewerIsPutBack) {
  const auto wiped = this->torn();
  const auto later = other_machine();
  site.save(contact_from("89123456781", "what was set aside long ago"));
  guard();
  set_aside();
  later->save(contact_from("89123456782", "what was answered last"));
  later->save(contact_from("89123456783", "and then"));
  guard(later->store());
  ASSERT_TRUE(start(*wiped)->changed);
  EXPECT_EQ(head_of(*wiped), head_of(later->store()));
  EXPECT_EQ(device_.asides.size(), 1u) << "the older one is kept";
}

TEST_F(StartUpTest, OfTwoPlacesThatFollowTheStoreTheNewerIsPutBack) {
  const auto wiped = this->torn();
  const auto later = other_machine();
  site.save(contact_from("89123456781", "what was set aside long ago"));
  guard();
  set_aside();
  later->save(contact_from("89123456782", "what was set aside last"));
  guard(later->store());
  set_aside();
  ASSERT_TRUE(start(*wiped)->changed);
  EXPECT_EQ(head_of(*wiped), head_of(later->store()));
  EXPECT_EQ(device_.asides.size(), 1u);
}

TEST_F(StartUpTest, WhatWaitsGoesOnBehindWhatLayAside) {
  const auto wiped = this->torn();
  site.save(contact_from("89123456781", "one"));
  guard();
  set_aside();
  first_ = end_of(site.store()).v + 1;
  site.save(contact_from("89123456782", "two"));
  guard();
  ASSERT_TRUE(start(*wiped)->changed);
  EXPECT_EQ(head_of(*wiped), head_of(site.store()));
  EXPECT_TRUE(device_.asides.empty());
}

TEST_F(StartUpTest, WhatComesBackWithoutItsKeyGetsANewOneUnlessItWasErased) {
  const auto wiped = this->torn();
  const Saved forgotten = site.save(contact_from("89123456781", "one"));
  const Saved kept = site.save(contact_from("89123456782", "two"));
  site.must(erasing({forgotten.contact, forgotten.ticket}, "по заявлению"));
  // As an erasure leaves it that is lost with the store.
  const auto txn = site.store().begin();
  site.core().vault().destroy(*txn, kept.ticket);
  ASSERT_TRUE(txn->commit().ok());
  guard();
  ASSERT_TRUE(start(*wiped)->changed);
  const sync::Vault vault(site.site_key());
  EXPECT_FALSE(vault.holds(*wiped->snapshot(), forgotten.ticket));
  EXPECT_TRUE(vault.holds(*wiped->snapshot(), kept.ticket));
  EXPECT_TRUE(vault.holds(*wiped->snapshot(), kept.contact));
  std::set<Bytes> sent;
  sync::scan_stream(*wiped->snapshot(), sync::Stream::kJournalKeys, kSelf, StreamPos{1},
                    [&](const sync::StreamRow& row) {
                      sent.insert(Bytes(row.payload));
                      return true;
                    });
  EXPECT_TRUE(sent.contains(Bytes(kept.ticket.view())));
}

TEST_F(StartUpTest, ASegmentThatCouldNotBeRemovedDoesNotHideWhatWasWrittenBehindIt) {
  const auto wiped = this->torn();
  const auto earlier = other_machine();
  earlier->save(contact_from("89123456781", "before a recall gave it another name"));
  guard(earlier->store());
  device_.removes = false;
  site.save(contact_from("89123456782", "what was answered last"));
  guard();
  ASSERT_EQ(device_.files.size(), 2u);
  ASSERT_TRUE(start(*wiped)->changed);
  EXPECT_EQ(head_of(*wiped), head_of(site.store()));
  ASSERT_EQ(device_.asides.size(), 1u) << "what the store has not is kept";
  ASSERT_TRUE(start(*wiped).ok());
  EXPECT_EQ(device_.asides.size(), 1u);
}

TEST_F(StartUpTest, WhatWasBegunAnewAndNotFinishedDoesNotHideWhatLiesBeforeIt) {
  const auto wiped = this->torn();
  site.save(contact_from("89123456781", "one"));
  const auto half = this->torn();
  site.save(contact_from("89123456782", "two"));
  guard();
  device_.removes = false;
  guard(*half);
  ASSERT_EQ(device_.files.size(), 2u);
  ASSERT_TRUE(start(*wiped)->changed);
  EXPECT_EQ(head_of(*wiped), head_of(site.store()));
  EXPECT_TRUE(device_.asides.empty());
}

TEST_F(StartUpTest, ANewOpeningIsTheNewestAlsoWhereSomeBeforeItAreMissing) {
  for (int i = 0; i < 4; ++i) site.reopen();
  const auto txn = site.store().begin();
  std::vector<Bytes> openings;
  txn->scan_prefix(sync::Table::kMeta, KeyWriter().text("incarnation").take(),
                   [&](std::string_view key, std::string_view) {
                     openings.emplace_back(key);
                     return true;
                   });
  ASSERT_EQ(openings.size(), 5u);
  for (std::size_t i = 0; i < 3; ++i) txn->erase(sync::Table::kMeta, openings[i]);
  ASSERT_TRUE(txn->commit().ok());
  const auto before = sync::incarnations(*site.store().snapshot());
  site.reopen();
  const auto after = sync::incarnations(*site.store().snapshot());
  ASSERT_EQ(after.size(), 3u);
  EXPECT_EQ(after[1], before[1]);
  EXPECT_NE(after.back().id, before.back().id);
}

}  // namespace
}  // namespace opora::testing
