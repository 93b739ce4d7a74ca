// A region for tests: sites with a store in memory each, moved by hand. One thread, one clock, one
// seed: the same test always sees the same bytes. The words below are what happens at a site
// (register, observe, act…); outgoing() and receive() carry it from one site to another in whatever
// order and portions the test likes.
#pragma once

#include <memory>
#include <optional>
#include <random>
#include <string>
#include <variant>
#include <vector>

#include "protocol/domain/facility_notice.h"
#include "protocol/domain/house_call.h"
#include "protocol/domain/links.h"
#include "protocol/domain/waiting_list.h"
#include "sync/engine/engine_core.h"
#include "sync/journal/memory_store.h"

namespace opora::testing {

inline constexpr TimeMs kMorning{1'763'704'800'000};  // 2025-11-21T06:00:00Z

class ManualClock final : public Clock {
 public:
  TimeMs now() const override { return now_; }
  void advance(std::int64_t ms) { now_ = now_ + ms; }
  void set(TimeMs now) { now_ = now; }

 private:
  TimeMs now_ = kMorning;
};

class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : engine_(seed) {}
  void fill(void* out, std::size_t size) override;

 private:
  std::mt19937_64 engine_;
};

sync::CommandKey key_of(std::string_view idempotency_key, std::string_view body = "");

// What a registration answers.
struct Saved {
  AggregateId contact;
  AggregateId ticket;
  std::uint32_t counter = 0;
  bool operator==(const Saved&) const = default;
  template <class V>
  void visit(V&& v) {
    v(contact, ticket, counter);
  }
};

// ---- Commands. Each may be given `.key`; without one it is not idempotent.

sync::Command registering(protocol::RegisterContact contact);
sync::Command observing(protocol::ObserveCall call);
sync::Command acting(const AggregateId& ticket, protocol::TicketAction action);
// As it stands there, into another that stands there.
sync::Command merging(const AggregateId& ticket, const AggregateId& into);
sync::Command splitting(const AggregateId& ticket, std::string summary);
// What is said of house calls and of the waiting list (H1, H2).
using OfKind = std::variant<protocol::NoteVisit, protocol::ChangeWaitsFor, protocol::CallFromList>;
sync::Command saying_of_kind(const AggregateId& ticket, OfKind said);
// The version that is there is the one that was seen.
sync::Command changing_notice(const AggregateId& id, protocol::ChangeFacilityNotice notice);
sync::Command calling_back(const AggregateId& problem, protocol::CallBack said);
// What the owner says by itself because time has passed, or because other catalogues came.
sync::Command passing_moment(const AggregateId& ticket);
sync::Command retiming(const AggregateId& ticket);
// The owner has told the applicant of what waits longest, this way; without one nobody answered the
// call. Nothing when nothing waits.
sync::Command telling(const AggregateId& ticket, std::optional<protocol::ToldHow> how);
sync::Command opening_problem(const AggregateId& id, protocol::OpenProblem problem);
// Of one that is there: kNotFound else.
sync::Command editing_problem(const AggregateId& id, protocol::OpenProblem problem);
sync::Command affecting(const AggregateId& problem, protocol::AffectProblem affected);
sync::Command closing_problem(const AggregateId& problem);
sync::Command changing_user(const AggregateId& id, protocol::ChangeUser user);
// `mail`: of its IT officer; empty: none.
sync::Command changing_site(protocol::SiteChanged facts, std::string mail = "");
sync::Command publishing(std::vector<protocol::Topic> topics);
// As the next version of whatever stands there.
sync::Command changing_calendar(protocol::CalendarChanged facts);
sync::Command changing_queue(protocol::QueueChanged facts);
sync::Command changing_competence(protocol::CompetenceChanged facts);
sync::Command changing_template(protocol::TemplateChanged facts);
// Kaliningrad's, Vladivostok's and Kamchatka's time as they are now; all others are Moscow's.
std::optional<protocol::ZoneOffset> zone_named(const std::string& name);
sync::Command setting_agent(protocol::SetAgentState agent);
sync::Command erasing(std::vector<AggregateId> targets, std::string basis);

// What a core answers to commands run as one group; CHECKs that each is answered once at most.
Result<sync::Answer> run_in(sync::EngineCore& core, sync::Command command);
std::vector<Result<sync::Answer>> run_group_in(sync::EngineCore& core,
                                               std::vector<sync::Command> commands);

// A contact with a caller's data in it; `summary` makes it a ticket.
protocol::RegisterContact contact_from(std::string phone, std::string summary = "");
// A step of a call: who rang, answered or ended is in `agent`.
protocol::ObserveCall step(std::string call_id, std::uint32_t seq, protocol::CallStep what,
                           std::int64_t at_s, std::string agent = "");

// ---- A site

class TestSite {
 public:
  // `machine` tells two of the same site apart: a new disk, a copy.
  TestSite(SiteNo no, const ManualClock& clock, std::uint64_t machine = 0);
  // The process ends and starts again over the same store.
  void reopen();
  // The same, as another version of the program; reads what an earlier one could not.
  void become(protocol::Vocabulary vocabulary);
  void read_unread();

  SiteNo no() const { return no_; }
  sync::MemoryStore& store() { return store_; }
  sync::EngineCore& core() { return *core_; }
  const protocol::SiteKey& site_key() const { return site_key_; }

  Result<sync::Answer> run(sync::Command command);
  std::vector<Result<sync::Answer>> run_group(std::vector<sync::Command> commands);
  // CHECKs that it went well.
  Saved save(protocol::RegisterContact contact);
  void observe(protocol::ObserveCall call);
  void must(sync::Command command);

  // Everything of this site's journal, or all keys of it, as the link would carry it.
  std::vector<sync::Entry> outgoing(sync::Stream stream);
  // Applies a batch to its end; the answer of its `done`.
  Result<sync::StreamHead> receive(sync::Stream stream, SiteNo peer,
                                   std::vector<sync::Entry> entries);

  protocol::Entity entity(protocol::Kind kind, const AggregateId& id);
  std::string personal(protocol::Kind kind, const AggregateId& id, protocol::PersonalField field);
  // All rows of a table as text, one a line, for comparisons that show what differs.
  std::vector<std::string> rows(sync::Table table);
  // Of all projection tables.
  std::vector<std::string> projection_rows();

  struct SetAside {
    sync::Stream stream;
    SiteNo peer;
    StreamPos pos;
    std::string reason;
  };
  const std::vector<SetAside>& set_aside() const { return observer_.seen; }
  const std::vector<std::pair<SiteNo, AggregateId>>& keys_refused() const {
    return observer_.refused;
  }
  std::size_t events_told() const { return observer_.events; }
  // What happened in which order: "committed", "answered", and what commands added in `done`.
  std::vector<std::string>& story() { return observer_.story; }

 private:
  struct Observer final : sync::EngineObserver {
    void on_event(sync::Transaction&, const protocol::Event&, const sync::JournalRef&) override {
      ++events;
    }
    void on_set_aside(sync::Stream stream, SiteNo peer, StreamPos pos,
                      const std::string& reason) override {
      seen.push_back({stream, peer, pos, reason});
    }
    void on_key_refused(sync::Transaction&, SiteNo peer, const AggregateId& id) override {
      refused.emplace_back(peer, id);
    }
    void on_committed(const Committed&) override { story.emplace_back("committed"); }
    void on_answered(const Committed&) override { story.emplace_back("answered"); }
    std::vector<SetAside> seen;
    std::vector<std::pair<SiteNo, AggregateId>> refused;
    std::vector<std::string> story;
    std::size_t events = 0;
  };

  SiteNo no_;
  const ManualClock& clock_;
  SeededRandom random_;
  protocol::SiteKey site_key_;
  protocol::Vocabulary vocabulary_;
  sync::MemoryStore store_;
  Observer observer_;
  std::unique_ptr<sync::EngineCore> core_;
};

// Brings `to` everything that `from` has, records first. The stream is the journal at the hub and
// the common stream at a site.
void replicate(TestSite& from, TestSite& to);

// The same entries as a stream of their own: positions from 1, chained anew (as the hub's outbox).
std::vector<sync::Entry> as_stream(std::vector<sync::Entry> entries, sync::Stream stream);

}  // namespace opora::testing
