#include "tests/bench/region_data.h"

#include <array>
#include <cstdio>

#include "protocol/codec/record_codec.h"
#include "tests/bench/figures.h"

namespace opora::bench {

using protocol::Kind;
using protocol::PersonalField;

namespace {

// Most contacts are solved on the line (A12).
constexpr std::uint32_t kContactsATicket = 20;

constexpr std::array kNames = {"Соколова Анна Сергеевна", "Кузнецов Пётр Ильич",
                               "Морозова Елена Викторовна", "Фёдоров Олег Николаевич"};
constexpr std::array kTexts = {
    "Просит записать к терапевту на ближайший свободный день, удобно после обеда",
    "Не открывается расписание врачей в личном кабинете, код ошибки на экране",
    "Уточняет, какие анализы нужны перед плановой госпитализацией"};

// As many as the sample rubricator has: every registration reads it.
constexpr int kTopics = 40;

std::vector<protocol::Topic> topics() {
  std::vector<protocol::Topic> out{{kTopic, "call", "appointments", "Запись на приём"}};
  for (int i = 1; i < kTopics; ++i) {
    const std::string number = std::to_string(i);
    out.push_back({"topic-" + number, "call", "questions", "Вопрос по теме " + number});
  }
  return out;
}

}  // namespace

void fail(const char* what, const Error& error) {
  give_up(std::string(what) + ": " + error.path + " " + error.message);
}

sync::Entry Origin::next(protocol::Facts facts, const AggregateId& aggregate, TimeMs at,
                         OwnerSeq seq) {
  protocol::Envelope env;
  env.origin = site_;
  env.incarnation = incarnation_;
  env.n = StreamPos{head_.pos.v + 1};
  env.prev = head_.chain;
  env.hlt = clock_.next(at);
  env.type = protocol::type_of(facts);
  env.schema_version = protocol::kFactsSchemaVersion;
  env.aggregate = aggregate;
  env.term = OwnerTerm{1};
  env.seq = seq;
  Bytes record = protocol::encode_record(env, protocol::encode_facts(facts), {});
  head_ = {env.n, protocol::chain_of(head_.chain, record)};
  return {head_.pos, head_.chain, std::move(record)};
}

void receive(sync::EngineCore& core, sync::Stream stream, SiteNo peer,
             std::vector<sync::Entry> entries) {
  sync::ReceivedBatch batch;
  batch.stream = stream;
  batch.peer = peer;
  batch.entries = std::move(entries);
  batch.done = [](const Result<sync::StreamHead>& head) {
    if (!head.ok()) fail("receive", head.error());
  };
  std::vector<sync::Command> no_commands;
  const std::array batches{&batch};
  while (!batch.finished()) must(core.run(no_commands, batches), "commit");
}

void run(sync::EngineCore& core, std::vector<sync::Command> commands) {
  for (sync::Command& command : commands) {
    command.done = [](const Result<sync::Answer>& answer) {
      if (!answer.ok()) fail("command", answer.error());
    };
  }
  must(core.run(commands, {}), "commit");
}

void receive_rubricator(sync::EngineCore& core, TimeMs at) {
  Origin hub(kHubSite);
  const protocol::RubricatorPublished published{1, topics()};
  receive(core, sync::Stream::kCommon, kHubSite,
          {hub.next(published, protocol::rubricator_id(), at)});
}

void publish_rubricator(sync::EngineCore& hub) {
  std::vector<sync::Command> commands(1);
  commands.front().decide = [](sync::Decision& decision) -> Result<sync::Answer> {
    auto drafts =
        protocol::decide(protocol::PublishRubricator{topics(), 0}, nullptr, decision.context());
    if (!drafts.ok()) return drafts.error();
    decision.emit(std::move(*drafts));
    return sync::Answer{};
  };
  run(hub, std::move(commands));
}

sync::EngineSettings settings(SiteNo site, const protocol::SiteKey& key) {
  return {site, key, [](TimeMs) { return kZoneOffsetMin; }};
}

protocol::RegisterContact contact(std::uint32_t number) {
  protocol::RegisterContact out;
  out.topic = kTopic;
  if (number % kContactsATicket == 0) {
    out.outcome = protocol::Outcome::kTicket;
    out.urgency = protocol::Urgency::kMedium;
  }
  char phone[32];
  std::snprintf(phone, sizeof phone, "+7900%07u", number % 300'000);
  out.personal[PersonalField::kPhone] = phone;
  out.personal[PersonalField::kApplicant] = kNames[number % kNames.size()];
  out.personal[PersonalField::kSummary] = kTexts[number % kTexts.size()];
  return out;
}

sync::Command registering(protocol::RegisterContact contact, Random& random) {
  sync::Command command;
  command.key = sync::CommandKey{random.id<CommandId>(), random.id<ChainHash>()};
  command.decide = [contact =
                        std::move(contact)](sync::Decision& decision) -> Result<sync::Answer> {
    const auto* rubricator =
        decision.load(Kind::kRubricator, protocol::rubricator_id()).as<protocol::RubricatorState>();
    auto registered = protocol::decide(contact, rubricator, nullptr, decision.next_ticket_counter(),
                                       decision.context());
    if (!registered.ok()) return registered.error();
    const sync::Answer answer(registered->contact.view());
    decision.emit(std::move(registered->drafts));
    return answer;
  };
  command.done = [](const Result<sync::Answer>&) {};
  return command;
}

}  // namespace opora::bench
