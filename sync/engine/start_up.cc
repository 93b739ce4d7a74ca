#include "sync/engine/start_up.h"

#include <algorithm>
#include <set>
#include <utility>

#include "protocol/codec/record_codec.h"
#include "protocol/domain/ownership.h"
#include "sync/engine/recall.h"
#include "sync/projection/rebuild.h"

namespace opora::sync {

namespace {

using Weight = StartUp::Weight;

// What is missing, if anything is.
std::optional<Loss> find_loss(const Reader& rows, const std::optional<OwnHead>& head,
                              const StartUp& start) {
  const HeadFinding finding = head ? compare_head(rows, *head) : HeadFinding::kHere;
  if (!start.damage && finding == HeadFinding::kHere) return std::nullopt;
  Loss loss{start.now, head ? head->site : SiteNo{}, {}, {}, {}, {}};
  if (start.damage) loss.text = "damaged log: " + *start.damage;
  if (head) {
    loss.to = head->end.pos;
    loss.chain = head->end.chain;
  }
  if (head && finding == HeadFinding::kHere) {
    loss.text += "; the journal is whole, what was received comes again";
  } else if (finding == HeadFinding::kOther) {
    loss.text += loss.text.empty() ? "" : "; ";
    loss.text += "another journal than the head file says stands at position " +
                 std::to_string(head->end.pos.v);
  } else if (finding == HeadFinding::kShort) {
    if (loss.text.empty()) loss.text = "the journal ends before what was written";
    loss.from = StreamPos{own_head(rows, head->site).end.pos.v + 1};
  }
  return loss;
}

// Tables may be of different moments, so that what is derived is built anew.
Status note_loss(Store& store, const Loss& loss) {
  auto txn = store.begin();
  put_loss(*txn, loss);
  skip_ticket_numbers(*txn);
  forget_projection(*txn);
  return txn->commit();
}

// From here to the end of the start the journal may change.
Status forget_head(Note& head) {
  if (!head.content()) return ok_status();
  OPORA_TRY(head.write(encode_own_head({})));
  return head.sync();
}

constexpr const char* kRepaired = "repaired from the safety journal";

// The safety journal's part.
class SafetyStart {
 public:
  SafetyStart(Store& store, SafetySegments& safety, const Vault& vault, const StartUp& start)
      : store_(store), safety_(safety), vault_(vault), start_(start), self_(*start.self) {}

  // Puts back what follows the store's end: the newest that does, since of two that go on from one
  // place the store went on with the later one. True when the journal changed.
  Result<bool> repair() {
    OPORA_TRY(check_whole());
    using Found = SafetyRepair::Found;
    for (bool changed = false;; changed = true) {
      const auto found = repair_from_safety(store_, vault_, self_, commits());
      if (!found.ok()) return found.error();
      const auto repaired = say_repaired(*found);
      if (!repaired.ok()) return repaired.error();
      if (*repaired) continue;  // what was written before it may go on behind it
      const auto rejoined = repair_from_newest_aside();
      if (!rejoined.ok()) return rejoined.error();
      if (*rejoined) continue;
      if (found->found == Found::kWaits || found->found == Found::kOther) OPORA_TRY(keep(*found));
      return changed;
    }
  }

  // Not empty: it must not be written.
  const std::string& why() const { return why_; }

  // A recall that is complete takes along what waited here.
  Status join() {
    for (;;) {
      const auto joined = join_newest_aside();
      if (!joined.ok()) return joined.error();
      if (!*joined) return ok_status();
    }
  }

  // What waited and is in the store now goes. After finish_recall().
  void tidy() {
    const auto rows = store_.snapshot();
    for (const std::string& place : safety_.asides()) {
      bool all = true;
      aside(place)([&](const OwnCommit& commit) {
        all = !commit.head || journal_chain_at(*rows, self_, commit.head->end.pos) ==
                                  std::optional(commit.head->end.chain);
        return all;
      });
      if (all) safety_.remove_aside(place);
    }
  }

  // What stays is said by the store that serves now: one from a backup does not know of it, and
  // newer losses take the place of older ones. After tidy().
  Status say_kept() {
    const auto said = losses(*store_.snapshot());
    std::size_t unsaid = 0;
    for (const std::string& place : safety_.asides()) {
      const SafetyRepair::Part part = part_in(place);
      const auto tells = [&](const Loss& loss) {
        return loss.chain == part.chain && loss.text.find(place) != std::string::npos;
      };
      if (std::any_of(said.begin(), said.end(), tells)) continue;
      if (++unsaid > kMaxLosses) break;
      OPORA_TRY(note(part, "the safety journal keeps records which the store has not: " + place));
    }
    return ok_status();
  }

 private:
  // What was put aside may follow the store of today: one from a backup ends elsewhere. One place
  // may go on where another ends. True when one did.
  Result<bool> repair_from_newest_aside() {
    const std::vector<std::string> places = safety_.asides();
    for (auto place = places.rbegin(); place != places.rend(); ++place) {
      const auto found = repair_from_safety(store_, vault_, self_, aside(*place));
      if (!found.ok()) return found.error();
      auto repaired = say_repaired(*found);
      if (!repaired.ok() || *repaired) return repaired;
    }
    return false;
  }

  Result<bool> join_newest_aside() {
    const std::vector<std::string> places = safety_.asides();
    for (auto place = places.rbegin(); place != places.rend(); ++place) {
      const auto joined = join_recall(store_, self_, aside(*place));
      if (!joined.ok()) return joined.error();
      if (!*joined) continue;
      start_.say(Weight::kNotice, "the recall goes on with the safety journal in " + *place);
      return true;
    }
    return false;
  }

  Result<bool> say_repaired(const SafetyRepair& found) {
    const bool all = found.found == SafetyRepair::Found::kRepaired;
    if (found.before) OPORA_TRY(note(*found.before, kRepaired));
    if (all) OPORA_TRY(note(found.part, kRepaired + files_said(found)));
    return all || found.before;
  }

  // A read error ends the commits early: what was not read is not taken for gone.
  SafetyCommits commits() {
    return [this](const SafetySegments::Visitor& visit) {
      if (const Status status = safety_.scan(visit); !status.ok()) refused(status.error());
    };
  }
  SafetyCommits aside(const std::string& place) const {
    return [this, place](const SafetySegments::Visitor& visit) {
      const Status status = safety_.scan_aside(place, visit);
      if (!status.ok())
        start_.say(Weight::kCritical, place + " cannot be read: " + status.error().message);
    };
  }
  SafetyRepair::Part part_in(const std::string& place) const {
    SafetyRepair::Part part;
    aside(place)([&part](const OwnCommit& commit) {
      if (!commit.head) return true;
      if (part.from.v == 0) part.from = commit.first;
      part.to = commit.head->end.pos;
      part.chain = commit.head->end.chain;
      return true;
    });
    return part;
  }
  void refused(const Error& error) {
    if (why_ == error.message) return;
    why_ = error.message;
    start_.say(Weight::kCritical, "the safety journal cannot be used: " + why_);
  }

  Status check_whole() {
    StreamPos last;
    commits()([&](const OwnCommit& commit) {
      if (commit.head) last = commit.head->end.pos;
      return true;
    });
    const auto noted = safety_.noted_end();
    const bool cut = noted && noted->end.pos > last &&
                     compare_head(*store_.snapshot(), *noted) == HeadFinding::kShort;
    return cut ? note({}, "the safety journal itself is cut") : ok_status();
  }

  Status keep(const SafetyRepair& found) {
    const std::string text =
        found.found == SafetyRepair::Found::kWaits
            ? "the safety journal goes on where the store does not reach; it waits for the region"
            : "the safety journal has other records than the store; it is kept and not merged";
    const auto place = safety_.set_aside();
    if (!place.ok()) refused(place.error());
    return note(found.part,
                text + ": " + (place.ok() ? *place : "where it was") + files_said(found));
  }

  static std::string files_said(const SafetyRepair& found) {
    if (found.files_missing == 0) return {};
    return "; " + std::to_string(found.files_missing) +
           " files that these records attach are not here, the region is asked for them";
  }

  Status note(const SafetyRepair::Part& part, const std::string& text) {
    const Loss loss{start_.now, self_, part.from, part.to, part.chain, text};
    auto txn = store_.begin();
    put_loss(*txn, loss);
    OPORA_TRY(txn->commit());
    start_.say(Weight::kCritical, describe(*store_.snapshot(), loss));
    return ok_status();
  }

  Store& store_;
  SafetySegments& safety_;
  const Vault& vault_;
  const StartUp& start_;
  const SiteNo self_;
  std::string why_;
};

// What a site had lost and the hub gave back takes its place before anything reads the journal.
// True when records came, moved or went.
Result<bool> put_recalled(Store& store, const Vault& vault, const StartUp& start, Random& random) {
  const auto report = finish_recall(store, vault, random);
  if (!report.ok()) return report.error();
  if (report->swept > 0) {
    start.say(Weight::kNotice,
              std::to_string(report->swept) + " records of a hub that was restored are gone");
  }
  const auto moved = report->recalled + report->renamed + report->dropped + report->set_aside;
  if (moved > 0) {
    start.say(Weight::kNotice, std::to_string(report->recalled) +
                                   " lost records are back from the hub; " +
                                   std::to_string(report->renamed) + " of our own follow them, " +
                                   std::to_string(report->dropped) + " were repetitions, " +
                                   std::to_string(report->set_aside) + " are set aside");
  }
  return moved + report->swept > 0;
}

// What this site began and cannot open any more, although no erasure is here: one destroyed the key
// and was lost itself with a store, this one or a hub's. As after a recall, a new key lets it be
// worked on; a hub that has the one that opens it answers with that.
Status replace_lost_keys(Store& store, const Vault& vault, SiteNo self, Random& random) {
  const auto rows = store.snapshot();
  std::set<AggregateId> closed;
  std::set<AggregateId> erased;
  rows->scan(Table::kJournal, "", "", [&](std::string_view key, std::string_view row) {
    const auto ref = JournalRef::from_key(key);
    const auto record = protocol::decode_record(row.substr(sizeof(ChainHash)));
    if (!ref || !record.ok()) return true;
    const protocol::Envelope& env = record->env;
    if (env.type == protocol::EventType::kErased) erased.insert(env.aggregate);
    const bool begun = ref->origin == self && env.seq.v != 0 && env.term == protocol::kFirstTerm;
    if (begun && !record->sealed_personal.empty() && !vault.holds(*rows, env.aggregate))
      closed.insert(env.aggregate);
    return true;
  });
  const auto txn = store.begin();
  StreamWriter keys;
  for (const AggregateId& id : closed) {
    if (erased.contains(id)) continue;
    vault.put(*txn, id, protocol::DataKey::random(random), random);
    keys.append(*txn, Stream::kJournalKeys, self, id.view(), id.view());
  }
  return txn->commit();
}

}  // namespace

Result<StartedUp> put_right(Store& store, Note& head, SafetySegments* safety, const Vault& vault,
                            const StartUp& start, Random& random) {
  const auto noted = read_own_head(head);
  std::optional<SafetyStart> second;
  if (safety != nullptr && start.self) second.emplace(store, *safety, vault, start);
  StartedUp out;
  if (second) {
    const auto repaired = second->repair();
    if (!repaired.ok()) return repaired.error();
    out = {*repaired, second->why()};
  }
  if (const auto loss = find_loss(*store.snapshot(), noted, start)) {
    const std::string what = describe(*store.snapshot(), *loss);
    if (start.after_damage == AfterDamage::kRefuse) return Error{Code::kCorrupt, "", what};
    start.say(Weight::kCritical, what);
    OPORA_TRY(note_loss(store, *loss));
    out.changed = true;
  }
  OPORA_TRY(forget_head(head));
  if (second) OPORA_TRY(second->join());
  const auto recalled = put_recalled(store, vault, start, random);
  if (!recalled.ok()) return recalled.error();
  if (second) {
    second->tidy();
    OPORA_TRY(second->say_kept());
  }
  out.changed = out.changed || *recalled;
  const bool site = start.self && *start.self != kHubSite;
  if (out.changed && site) OPORA_TRY(replace_lost_keys(store, vault, *start.self, random));
  return out;
}

}  // namespace opora::sync
