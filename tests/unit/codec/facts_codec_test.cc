#include <gtest/gtest.h>

#include "protocol/codec/record_codec.h"
#include "protocol/domain/files.h"
#include "tests/unit/codec/samples.h"

namespace opora::protocol {
namespace {

template <class F>
F valid() {
  for (const Sample& s : samples()) {
    if (const F* f = std::get_if<F>(&s.facts)) return *f;
  }
  ADD_FAILURE() << "no sample";
  return {};
}

std::string wrong_field(const Facts& facts) {
  const Status status = validate_facts(facts);
  return status.ok() ? "" : status.error().path;
}

bool unknown(const Result<Facts>& facts) { return facts.ok() && facts->index() == 0; }

// Bytes of facts that break a rule, as a faulty or a later version would write them: those of
// `good` with one byte changed until reading gives what `wanted` asks for.
template <class Wanted>
std::optional<Bytes> changed_until(EventType type, const Bytes& good, std::uint16_t version,
                                   Wanted wanted) {
  for (std::size_t i = 0; i < good.size(); ++i) {
    Bytes bytes = good;
    bytes[i] = static_cast<char>(200);
    if (wanted(decode_facts(type, version, bytes))) return bytes;
  }
  return std::nullopt;
}

TEST(FactsCodec, ARecordThatWasReadHasAnIdAndThereIsOneAtLeast) {
  auto read = valid<RecordsRead>();
  EXPECT_EQ(wrong_field(read), "");
  read.tickets.push_back({});
  EXPECT_EQ(wrong_field(read), "tickets");
  read.tickets.clear();
  read.contacts.clear();
  EXPECT_EQ(wrong_field(read), "contacts");
  read.contacts.assign(kMaxReadRecords, valid<ContactRegistered>().ticket);
  EXPECT_EQ(wrong_field(read), "");
  read.contacts.push_back(read.contacts.front());
  EXPECT_EQ(wrong_field(read), "contacts");
}

TEST(FactsCodec, AFileIsAsLongAsItsChunksAndNamedByThem) {
  const auto file = valid<TicketAttached>();
  EXPECT_EQ(wrong_field(file), "");
  auto wrong = file;
  wrong.bytes = 0;
  EXPECT_EQ(wrong_field(wrong), "bytes");
  wrong.bytes = kMaxFileBytes + 1;
  EXPECT_EQ(wrong_field(wrong), "bytes");
  wrong = file;
  wrong.bytes = 2 * kFileChunkBytes + 1;
  EXPECT_EQ(wrong_field(wrong), "chunks");
  wrong = file;
  std::swap(wrong.chunks[0], wrong.chunks[1]);
  EXPECT_EQ(wrong_field(wrong), "hash");
}

TEST(FactsCodec, AnOverruledUserIsNamedAndThePasswordHasATime) {
  auto word = valid<UserOverruled>();
  EXPECT_EQ(wrong_field(word), "");
  word.password_at = TimeMs{5};
  EXPECT_EQ(wrong_field(word), "password_at");
  word.password_at = TimeMs{};
  EXPECT_EQ(wrong_field(word), "");
  word.user = {};
  EXPECT_EQ(wrong_field(word), "user");
}

TEST(FactsCodec, ATypeOfALaterVersionIsUnknown) {
  EXPECT_TRUE(unknown(decode_facts(static_cast<EventType>(4321), 1, "anything")));
}

TEST(FactsCodec, AnEnumeratorOfALaterVersionIsUnknown) {
  const Bytes bytes = encode_facts(TicketClosed{});
  EXPECT_TRUE(changed_until(EventType::kTicketClosed, bytes, 1, unknown).has_value());
}

TEST(FactsCodec, ARuleBrokenIsCorruptInAKnownVersionAndUnknownInALaterOne) {
  const Bytes good = encode_facts(TicketAssigned{3, "petrov"});
  const auto is_corrupt = [](const Result<Facts>& facts) {
    return !facts.ok() && facts.error().code == Code::kCorrupt && facts.error().path == "line";
  };
  const auto bad_line =
      changed_until(EventType::kTicketAssigned, good, kFactsSchemaVersion, is_corrupt);
  ASSERT_TRUE(bad_line.has_value());
  EXPECT_TRUE(
      unknown(decode_facts(EventType::kTicketAssigned, kFactsSchemaVersion + 1, *bad_line)));
}

TEST(FactsCodec, GoodFactsOfALaterVersionAreRead) {
  for (const Sample& s : samples()) {
    const auto facts = decode_facts(s.env.type, kFactsSchemaVersion + 1, encode_facts(s.facts));
    ASSERT_TRUE(facts.ok()) << s.name;
    EXPECT_EQ(*facts, s.facts) << s.name;
  }
}

TEST(FactsCodec, FactsCutAtAnyByteAreCorrupt) {
  for (const Sample& s : samples()) {
    const Bytes bytes = encode_facts(s.facts);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      const auto facts = decode_facts(s.env.type, 1, std::string_view(bytes).substr(0, size));
      ASSERT_FALSE(facts.ok()) << s.name << " cut at " << size;
      EXPECT_EQ(facts.error().code, Code::kCorrupt);
    }
  }
}

TEST(FactsCodec, AnyFlippedBitIsRefusedOrUnknownOrGivesFactsThatCouldBeWritten) {
  for (const Sample& s : samples()) {
    const Bytes bytes = encode_facts(s.facts);
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
      Bytes flipped = bytes;
      flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
      const auto facts = decode_facts(s.env.type, 1, flipped);
      if (!facts.ok() || unknown(facts)) continue;
      ASSERT_TRUE(validate_facts(*facts).ok()) << s.name << " bit " << bit;
    }
  }
}

TEST(FactsCodec, FactsOfOneTypeUnderTheNameOfAnotherDoNoHarm) {
  for (const Sample& from : samples()) {
    for (const Sample& to : samples()) {
      const auto facts = decode_facts(to.env.type, 1, encode_facts(from.facts));
      if (!facts.ok() || unknown(facts)) continue;
      EXPECT_TRUE(validate_facts(*facts).ok()) << from.name << " as " << to.name;
    }
  }
}

TEST(FactsRules, EverySampleIsValid) {
  for (const Sample& s : samples()) EXPECT_TRUE(validate_facts(s.facts).ok()) << s.name;
}

TEST(FactsRules, FactsOfNoTypeAreInvalid) { EXPECT_EQ(wrong_field(Facts{}), "facts"); }

TEST(FactsRules, AnUnknownEnumeratorIsNotWritten) {
  EXPECT_EQ(wrong_field(TicketClosed{static_cast<TicketStatus>(9), RejectReason::kNone}), "facts");
}

TEST(FactsRules, ATicketIsClosedAsDoneOrRejected) {
  EXPECT_EQ(wrong_field(TicketClosed{TicketStatus::kAssigned, RejectReason::kNone}), "status");
}

TEST(FactsRules, TheFieldThatIsWrongIsNamed) {
  auto call = valid<CallObserved>();
  call.source = "";
  EXPECT_EQ(wrong_field(call), "source");
  call.source = std::string(65, 's');
  EXPECT_EQ(wrong_field(call), "source");
  call = valid<CallObserved>();
  call.call_id = std::string(129, 'c');
  EXPECT_EQ(wrong_field(call), "call_id");
  call = valid<CallObserved>();
  call.at = TimeMs{kMinEventTime.v - 1};
  EXPECT_EQ(wrong_field(call), "at");
  call.at = kMaxEventTime;
  EXPECT_EQ(wrong_field(call), "at");
  call = valid<CallObserved>();
  call.desk = DeskNo(100);
  EXPECT_EQ(wrong_field(call), "desk");
  call = valid<CallObserved>();
  call.zone_offset_min = -841;
  EXPECT_EQ(wrong_field(call), "zone_offset_min");
  call = valid<CallObserved>();
  call.from_site = SiteNo(31);  // and no journey
  EXPECT_EQ(wrong_field(call), "from_site");
  call.journey.b.fill(7);
  EXPECT_EQ(wrong_field(call), "");
  call.from_site = SiteNo(10000);
  EXPECT_EQ(wrong_field(call), "from_site");
  call = valid<CallObserved>();
  call.agent = "\xc3";
  EXPECT_EQ(wrong_field(call), "agent");
}

TEST(FactsRules, NumbersStayInTheirRanges) {
  auto contact = valid<ContactRegistered>();
  contact.facility = SiteNo(10000);
  EXPECT_EQ(wrong_field(contact), "facility");
  auto ticket = valid<TicketOpened>();
  ticket.line = 4;
  EXPECT_EQ(wrong_field(ticket), "line");
  auto user = valid<UserChanged>();
  user.sites.emplace_back(10000);
  EXPECT_EQ(wrong_field(user), "sites");
  auto site = valid<SiteChanged>();
  site.link_key = "short";
  EXPECT_EQ(wrong_field(site), "link_key");
  site = valid<SiteChanged>();
  site.desks.resize(100);
  EXPECT_EQ(wrong_field(site), "desks");
}

TEST(FactsRules, AnAbsenceHasItsDaysInOrder) {
  auto user = valid<UserChanged>();
  EXPECT_EQ(wrong_field(user), "");
  user.absence = {LocalDay{20'500}, LocalDay{20'499}, ""};
  EXPECT_EQ(wrong_field(user), "absent_to");
  user.absence = {LocalDay{}, LocalDay{20'499}, ""};
  EXPECT_EQ(wrong_field(user), "absent_from");
  user.absence = {LocalDay{20'499}, LocalDay{20'499}, std::string(300, 'a')};
  EXPECT_EQ(wrong_field(user), "substitute");
  user.absence = {LocalDay{20'499}, LocalDay{20'499}, "petrova"};
  EXPECT_EQ(wrong_field(user), "");
  user.skills.assign(401, "a");
  EXPECT_EQ(wrong_field(user), "skills");
  auto word = valid<UserOverruled>();
  word.absence = {LocalDay{100'000}, LocalDay{100'000}, ""};
  EXPECT_EQ(wrong_field(word), "absent_from");
}

TEST(FactsRules, WhatAQueueTakesIsNamed) {
  auto queue = valid<QueueChanged>();
  EXPECT_EQ(wrong_field(queue), "");
  queue.topics = {""};
  EXPECT_EQ(wrong_field(queue), "topics");
  queue.topics = {"Справка"};
  queue.sites = {SiteNo(10000)};
  EXPECT_EQ(wrong_field(queue), "sites");
}

TEST(FactsRules, ATieNamesWhatItTies) {
  EXPECT_EQ(wrong_field(TicketMerged{}), "into");
  EXPECT_EQ(wrong_field(TicketPartOf{}), "origin");
  EXPECT_EQ(wrong_field(TicketItemChanged{}), "item");
  EXPECT_EQ(wrong_field(ProblemCalledBack{}), "caller");
  auto merged = valid<TicketMerged>();
  merged.into_opened = {};
  EXPECT_EQ(wrong_field(merged), "into_opened");
  EXPECT_TRUE(validate_facts(TicketOfProblem{}).ok()) << "it is one's no more";
}

TEST(FactsRules, WhatIsSaidOfTellingNamesWhatIsToldAndWhen) {
  const TimeMs early{kMinEventTime.v - 1};
  EXPECT_EQ(wrong_field(TicketCallTried{}), "seq");
  auto call = valid<TicketCallTried>();
  call.result = static_cast<CallTry>(9);
  EXPECT_EQ(wrong_field(call), "facts");
  call = valid<TicketCallTried>();
  call.at = early;
  EXPECT_EQ(wrong_field(call), "at");
  call = valid<TicketCallTried>();
  call.again = early;
  EXPECT_EQ(wrong_field(call), "again");
  call = valid<TicketCallTried>();
  call.tell = {call.at + 1, call.at};
  EXPECT_EQ(wrong_field(call), "tell") << "the warning comes first";
  EXPECT_EQ(wrong_field(TicketTellingDue{}), "seq");
  auto due = valid<TicketTellingDue>();
  due.threshold = static_cast<Threshold>(9);
  EXPECT_EQ(wrong_field(due), "facts");
  due = valid<TicketTellingDue>();
  due.moment = early;
  EXPECT_EQ(wrong_field(due), "moment");
  due = valid<TicketTellingDue>();
  due.region_at = early;
  EXPECT_EQ(wrong_field(due), "region_at");
}

TEST(FactsRules, WhatBecameOfAnotherTicketNamesItAndAnEnd) {
  EXPECT_EQ(wrong_field(TicketTargetChanged{}), "into");
  auto target = valid<TicketTargetChanged>();
  target.status = TicketStatus::kInWork;
  EXPECT_EQ(wrong_field(target), "status") << "no end";
  target.ended = {};
  EXPECT_EQ(wrong_field(target), "") << "it is open again";
  target.reason = static_cast<RejectReason>(99);
  EXPECT_EQ(wrong_field(target), "facts");
  target = valid<TicketTargetChanged>();
  target.at = {};
  EXPECT_EQ(wrong_field(target), "at");
  target = valid<TicketTargetChanged>();
  target.reopen_until = TimeMs{kMinEventTime.v - 1};
  EXPECT_EQ(wrong_field(target), "reopen_until");
  target = valid<TicketTargetChanged>();
  target.tell.due = kMaxEventTime;
  EXPECT_EQ(wrong_field(target), "tell");
}

TEST(FactsRules, AnErasureHasAGround) { EXPECT_EQ(wrong_field(Erased{""}), "basis"); }

TEST(FactsRules, AKindOfATopicThatIsNotKnownYetIsPassedOn) {
  RubricatorPublished rubricator{1, {{"login", "", "", "Login", static_cast<ContactKind>(99)}}};
  EXPECT_EQ(wrong_field(rubricator), "facts");
}

TEST(FactsRules, ThingsToDoOfATemplateAreWordsAndNotTooMany) {
  auto words = valid<TemplateChanged>();
  words.items = {""};
  EXPECT_EQ(wrong_field(words), "items");
  words.items.assign(101, "x");
  EXPECT_EQ(wrong_field(words), "items");
  words.items.assign(50, std::string(800, 'x'));
  EXPECT_EQ(wrong_field(words), "");
}

TEST(FactsRules, ALongRubricatorFitsAndABookDoesNot) {
  RubricatorPublished rubricator{1, {}};
  for (int i = 0; i < 500; ++i)
    rubricator.topics.push_back({std::to_string(i), "запись", "Запись на приём", "Тема"});
  EXPECT_TRUE(validate_facts(rubricator).ok());
  for (auto& topic : rubricator.topics) topic.name = std::string(800, 'x');
  const Status status = validate_facts(rubricator);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, Code::kTooLarge);
}

}  // namespace
}  // namespace opora::protocol
