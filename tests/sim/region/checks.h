// The checkers: what must hold while things happen, and what must hold at peace. They stand apart
// from the product: they decode the rows of the disks by themselves (the codec and the hash are
// shared) and compare them with the ledger of what was answered and with each other.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "protocol/codec/record_codec.h"
#include "sync/engine/afresh.h"
#include "sync/engine/recall.h"
#include "tests/sim/region/contacts.h"
#include "tests/sim/region/due_recount.h"
#include "tests/sim/region/process.h"
#include "tests/sim/region/workload.h"

namespace opora::sim {

class Checks final : public Watch {
 public:
  using Find = Workload::Find;
  Checks(Sim& sim, Find find) : sim_(sim), find_(std::move(find)), letters_(sim) {}

  // Alarms of this kind belong to a fault that is on.
  void expect(sync::AlarmCode code) { expected_.insert(code); }
  // This site means harm: what the hub says about it is no news, and it must keep nothing of it
  // that has an effect.
  void distrust(SiteNo site) { hostile_ = site; }
  void restored(SiteNo site) { restored_ms_[site] = sim_.timeline.now_ms(); }

  void acked(SiteNo self, SiteNo peer, sync::StreamKind stream, StreamPos durable) override;
  void sends(SiteNo self, SiteNo peer, const Bytes& frame) override;
  void holds_through(SiteNo self, SiteNo peer, Hlt through) override;
  void alarm(SiteNo self, SiteNo peer, sync::AlarmCode code, const std::string& text) override;
  void set_aside(SiteNo self, SiteNo peer, const std::string& reason) override;
  void recalled(SiteNo self, StreamPos end) override { recall_ends_.insert({self, end}); }
  // These journals of sites are in a verified backup of the hub up to here.
  void verified(const std::vector<std::pair<SiteNo, StreamPos>>& heads) {
    for (const auto& [site, n] : heads) safe_[site] = std::max(safe_[site], n);
  }
  void starts_afresh(SiteNo self) override { restored(self); }
  // From now until it is over two machines are this site.
  // What a site kept of the line to the region is an older store's now.
  void put_back(SiteNo site) { put_back_.insert(site); }
  void cloned(SiteNo site) {
    put_back(site);
    cloned_.insert(site);
    expect(sync::AlarmCode::kFork);
    expect(sync::AlarmCode::kDoubled);
  }
  void one_again(SiteNo site) {
    cloned_.erase(site);
    restored(site);
  }
  void waiting(SiteNo self, std::size_t bytes) override;
  LetterBook& letters() override { return letters_; }
  CommandId own_command() override;
  void heard(SiteNo self, TimeMs at) override { contacts_[self].note(at); }
  void letter_handed(SiteNo self, const sync::Reader& rows,
                     const node::OutgoingLetter& letter) override;
  using OnDeviceAway = std::function<void(SiteNo, const std::vector<sync::GuardedRow>&)>;
  void on_device_away(OnDeviceAway told) { on_device_away_ = std::move(told); }
  void device_away(SiteNo self, const std::vector<sync::GuardedRow>& records) override {
    on_device_away_(self, records);
  }

  // What happened to tickets by now, by its kind: after at_peace().
  const std::map<std::string, std::uint64_t>& life() const { return life_; }

  // Everybody has everything that it should have, as far as cursors say.
  bool converged(std::uint32_t sites) const;
  // No letter waits.
  bool letters_told(std::uint32_t sites) const;
  // At peace, with every process running.
  void at_peace(std::uint32_t sites, const Ledger& ledger);

 private:
  struct Held {
    sync::JournalRef ref;
    ChainHash chain;
    Bytes record;
    protocol::Envelope env;
    protocol::Facts facts;
  };
  using Journal = std::map<sync::JournalRef, Held>;

  bool may_be_old_words(SiteNo peer) const;
  StreamPos durable(SiteNo self, SiteNo peer, sync::StreamKind stream) const;
  void check_marks(SiteNo self, SiteNo peer, const std::vector<protocol::Mark>& marks);
  Journal read(SiteNo site);
  void check_chain(SiteNo at, SiteNo origin, const Journal& journal);
  void check_same(SiteNo site, const Journal& own, const Journal& hub);
  void check_commands(const Ledger& ledger, const std::map<SiteNo, Journal>& journals);
  bool is_excused(const Ledger& ledger, SiteNo site, const CommandId& command);
  void check_command(const Answered& answered, const std::vector<const Held*>& events);
  void check_entitlement(SiteNo site, const Journal& own, const Journal& hub);
  struct Tenure {
    SiteNo owner;
    StreamPos through{~std::uint64_t{0}};  // of its owner's journal
  };
  struct Tenures {
    SiteNo home;
    std::map<std::uint32_t, Tenure> terms;
    std::set<SiteNo> readers;  // besides its home: who may read it now
    std::set<SiteNo> were;     // and who might at some time
  };
  std::map<AggregateId, Tenures> tenures(const Journal& hub) const;
  void check_owners(const Journal& hub);
  // Its rows are the same wherever it is read; `what` names it.
  void check_same_everywhere(protocol::Kind kind, const AggregateId& id,
                             const std::set<SiteNo>& readers, const std::string& what);
  void check_hostile(const Journal& hub);
  void check_all_read(SiteNo site);
  // What a site holds of others: it must, or it may have kept it from when it was its to have.
  struct Rights {
    std::set<sync::JournalRef> must;
    std::set<sync::JournalRef> may;
  };
  static Rights entitled(SiteNo site, const Journal& hub);
  Rights entitled_tickets(SiteNo site, const Journal& hub) const;
  void check_keys(SiteNo site, const Journal& own);
  void check_erased(const Ledger& ledger, std::uint32_t sites);
  void check_sent_rights(SiteNo self, SiteNo peer, const protocol::Message& message);
  void check_file_frame(SiteNo self, SiteNo peer, const protocol::Message& message);
  bool files_converged(std::uint32_t sites) const;
  void check_files(std::uint32_t sites, const Ledger& ledger,
                   const std::map<SiteNo, Journal>& journals);
  void check_held_files(SiteNo site, const Journal& own);
  using EventsInOrder = std::multimap<std::pair<std::uint32_t, std::uint32_t>, const Held*>;
  // What the hub's journal says of tickets, for the checks of letters.
  struct LettersRead {
    std::set<std::string> ids;                    // of all that could be told of
    std::map<AggregateId, CommandId> opened;      // by what
    std::map<CommandId, const Held*> said;        // all that was said of tickets
    std::set<CommandId> standing;                 // what of that has effect
    std::map<AggregateId, EventsInOrder> events;  // the same
  };
  static bool stands(const Held& held, const Tenures& ticket);
  void check_letters(const Journal& hub, const Ledger& ledger);
  void check_said(const LettersRead& read);
  // Who says that a letter was sent, by its id: from whom a relay took it, and without effect.
  struct Words {
    std::map<std::string, std::set<CommandId>> taken;
    std::map<std::string, std::set<CommandId>> late;
  };
  static const protocol::TicketApplicantTold* told_by_mail(const Held& held);
  Words words_on_letters(const LettersRead& read) const;
  bool said_in_place(const Words& words, const std::string& id, const CommandId& command) const;
  void check_letter(const Handed& letter, const LettersRead& read, const Ledger& ledger);
  void check_twice(const LettersRead& read, const Ledger& ledger);
  void check_told(const AggregateId& id, const EventsInOrder& events, const Tenures& ticket);
  void check_device(const Ledger& ledger, SiteNo site);
  void check_kept(SiteNo site);
  void check_duplicate(const AggregateId& id, const LettersRead& read,
                       const std::map<AggregateId, Tenures>& tickets);
  bool was_taken_away(const AggregateId& target, SiteNo owner,
                      const std::map<AggregateId, Tenures>& tickets) const;
  // What was said of a call back, by term and number; additions, which have none, first.
  struct CallBackTask {
    SiteNo home;
    const Held* opened = nullptr;  // the earliest, when it was opened twice
    std::map<OwnerTerm, const Held*> began;
    std::vector<const Held*> said;
    std::set<SiteNo> readers;  // none while it never left its site
    std::set<AggregateId> calls;
  };
  std::map<AggregateId, CallBackTask> call_back_tasks(const Journal& hub) const;
  static SiteNo owner_in(const CallBackTask& task, OwnerTerm term);
  static bool in_turn(const CallBackTask& task, const Held& held);
  static bool is_forked(const CallBackTask& task);
  static bool is_called_back(const CallBackTask& task);
  Rights entitled_call_backs(SiteNo site, const Journal& hub) const;
  void check_calls(const Journal& hub, const Ledger& ledger);
  void check_journeys(const Ledger& ledger);
  void check_call_backs(const Journal& hub, const Ledger& ledger);
  void check_one_line(const AggregateId& id, const CallBackTask& task, const Ledger& ledger);
  void check_claims(const AggregateId& id, const CallBackTask& task, const Ledger& ledger);
  void check_leases(const AggregateId& id, const CallBackTask& task);
  void check_late(const AggregateId& id, const CallBackTask& task);
  void check_one_task(const Ledger& ledger);
  PlainCatalogues plain_catalogues(const Journal& hub) const;
  void check_deadlines(const Journal& hub);
  void check_thresholds(const AggregateId& id, const EventsInOrder& events, SiteNo owner);
  void tell_words(const AggregateId& id, const EventsInOrder& events);
  void check_attribution(const std::string& what, const Held& held,
                         const protocol::TicketDueReached& reached);
  void check_moments(const AggregateId& id, const EventsInOrder& events, SiteNo owner,
                     DueRecount& recount);
  void check_counts(std::uint32_t sites, const Journal& hub);
  void check_digests(SiteNo site);
  void check_figures(SiteNo site);
  void tell_difference(SiteNo site, sync::Table table);
  void check_store(SiteNo site);

  Sim& sim_;
  Find find_;
  std::set<sync::AlarmCode> expected_;
  std::map<SiteNo, std::int64_t> restored_ms_;
  std::set<SiteNo> cloned_;
  std::set<SiteNo> put_back_;
  std::set<std::pair<SiteNo, StreamPos>> recall_ends_;
  SiteNo hostile_;
  std::map<SiteNo, StreamPos> safe_;
  LetterBook letters_;
  std::set<CommandId> own_commands_;
  std::map<SiteNo, Contacts> contacts_;
  std::map<std::string, std::uint64_t> life_;
  OnDeviceAway on_device_away_;
};

}  // namespace opora::sim
