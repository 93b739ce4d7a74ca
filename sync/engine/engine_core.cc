#include "sync/engine/engine_core.h"

#include <algorithm>
#include <utility>

#include "protocol/base/check.h"
#include "protocol/codec/record_codec.h"
#include "protocol/domain/authority.h"
#include "protocol/domain/ticket_readers.h"
#include "sync/engine/afresh.h"
#include "sync/journal/unread.h"

namespace opora::sync {

using protocol::Draft;
using protocol::Drafts;
using protocol::Envelope;
using protocol::Event;
using protocol::Kind;

namespace {

constexpr std::size_t kBodyHashBytes = sizeof(ChainHash);

Error stopping() {
  return Error{Code::kUnavailable, "", "the store failed; nothing more is saved"};
}

bool goes_down(Stream stream) {
  return stream == Stream::kCommon || stream == Stream::kCommonKeys || stream == Stream::kPrivate ||
         stream == Stream::kPrivateKeys;
}

using NumberKey = Bytes (*)(SiteNo, std::uint32_t);

std::uint32_t last_counter(const Reader& rows, SiteNo site, NumberKey key_of) {
  const Bytes from = key_of(site, 0);
  const Bytes to = key_of(SiteNo{site.v + 1}, 0);
  std::uint32_t counter = 0;
  rows.scan_back(Table::kIndex, from, to, [&](std::string_view key, std::string_view) {
    KeyReader reader(key);
    reader.raw(1 + sizeof(std::uint32_t));
    counter = reader.u32();
    return false;
  });
  return counter;
}

// The highest counter that this site's tickets and calls have: numbers go on from there.
std::uint32_t last_counter(const Reader& rows, SiteNo site) {
  return std::max(last_counter(rows, site, protocol::keys::ticket_by_number),
                  last_counter(rows, site, protocol::keys::contact_by_number));
}

// Of the number that this gives to something new; 0: it gives none.
std::uint32_t counter_given(const protocol::Facts& facts) {
  if (const auto* ticket = std::get_if<protocol::TicketOpened>(&facts)) return ticket->counter;
  const auto* contact = std::get_if<protocol::ContactRegistered>(&facts);
  return contact == nullptr ? 0 : contact->counter;
}

}  // namespace

Decision::Decision(EngineCore& engine, Projection& projection, Transaction& txn, CommandId command)
    : engine_(engine), projection_(projection), txn_(txn), command_(command) {}

const Reader& Decision::rows() {
  projection_.flush();
  return txn_;
}

protocol::DecideContext Decision::context() const {
  return {engine_.site(), engine_.clock_.now(), engine_.settings_.zone_offset, command_, {},
          key_time_};
}

std::uint32_t Decision::next_ticket_counter() const { return engine_.next_counter_; }

void Decision::emit(Drafts drafts) {
  for (Draft& draft : drafts) drafts_.push_back(std::move(draft));
}

void Decision::put_meta(std::string_view key, std::string_view value) {
  meta_.emplace_back(Bytes(key), Bytes(value));
}

void Decision::erase_meta(std::string_view key) { meta_.emplace_back(Bytes(key), std::nullopt); }

EngineCore::EngineCore(Store& store, EngineSettings settings, const Clock& clock, Random& random,
                       EngineObserver& observer)
    : store_(store),
      beside_(dynamic_cast<CommitsBeside*>(&store)),
      settings_(std::move(settings)),
      clock_(clock),
      random_(random),
      observer_(observer),
      vault_(settings_.site_key, settings_.vocabulary) {}

Result<std::unique_ptr<EngineCore>> EngineCore::open(Store& store, EngineSettings settings,
                                                     const Clock& clock, Random& random,
                                                     EngineObserver& observer) {
  std::unique_ptr<EngineCore> core(
      new EngineCore(store, std::move(settings), clock, random, observer));
  OPORA_TRY(core->start_incarnation());
  return core;
}

namespace {

// Behind the newest: where a safety journal was put in, some before it may be missing.
std::uint32_t next_opening(const Reader& rows) {
  const Bytes prefix = KeyWriter().text("incarnation").take();
  std::uint32_t next = 0;
  rows.scan_back(Table::kMeta, prefix, prefix_end(prefix),
                 [&](std::string_view key, std::string_view) {
                   next = KeyReader(key.substr(prefix.size())).u32() + 1;
                   return false;
                 });
  return next;
}

}  // namespace

// After a recall the numbers skip a block, once.
std::uint32_t EngineCore::first_counter(Transaction& txn) const {
  const Bytes skip = KeyWriter().text("ticket-block").take();
  const Bytes floor = KeyWriter().text("ticket-floor").take();
  std::uint32_t next = last_counter(txn, settings_.site) + 1;
  if (const auto row = txn.get(Table::kMeta, floor)) next = std::max(next, KeyReader(*row).u32());
  if (!txn.get(Table::kMeta, skip)) return next;
  next += kNumberBlock;
  txn.erase(Table::kMeta, skip);
  txn.put(Table::kMeta, floor, KeyWriter().u32(next).take());
  return next;
}

Status EngineCore::start_incarnation() {
  auto txn = store_.begin();
  if (const auto last = last_record(*txn, settings_.site)) {
    head_ = {last->ref.n, last->chain};
    const auto record = protocol::decode_record(last->record);
    if (!record.ok()) return record.error();
    hlc_ = HybridClock(record->env.hlt);
  }
  next_counter_ = first_counter(*txn);
  incarnation_ = random_.id<IncarnationId>();
  put_incarnation(*txn, {incarnation_, StreamPos{head_.pos.v + 1}}, next_opening(*txn));
  find_readable(*txn);
  return txn->commit();
}

Status EngineCore::run(std::vector<Command>& commands, std::span<ReceivedBatch* const> batches,
                       Backlog backlog, std::size_t slice) {
  OPORA_CHECK(commands.size() <= kMaxGroup);
  Turn turn{commands, batches};
  if (failed_) {
    refuse(turn);
    return stopping();
  }
  auto txn = store_.begin();
  Projection projection(*txn, vault_, &entities_);
  for (Command& command : commands) turn.answers.push_back(run_command(*txn, projection, command));
  receive_slice(*txn, projection, batches, slice);
  projection.flush();
  collect_replies(turn);
  Status before = settle();
  if (!before.ok()) {
    refuse(turn);
    return before;
  }
  observer_.on_folded();
  const bool beside =
      beside_ != nullptr && backlog == Backlog::kMore && commands.empty() && !recalled_;
  if (!beside) return commit(turn, *txn, {projection.touched(), head_.pos});
  pending_.emplace(Pending{beside_->commit_beside(std::move(txn)), std::move(turn.replies),
                           projection.touched(), head_.pos});
  return ok_status();
}

Status EngineCore::settle() {
  if (!pending_) return ok_status();
  Pending pending = std::move(*pending_);
  pending_.reset();
  Status status = pending.commit();
  failed_ = !status.ok();
  const EngineObserver::Committed committed{pending.touched, pending.journal_end};
  if (status.ok()) observer_.on_committed(committed);
  for (Reply& reply : pending.replies) {
    if (status.ok()) reply.done(std::move(reply.what));
    else reply.done(stopping());
  }
  if (status.ok()) observer_.on_answered(committed);
  return status;
}

Status EngineCore::commit(Turn& turn, Transaction& txn,
                          const EngineObserver::Committed& committed) {
  Status status = txn.commit_telling([&] { tell_durable(turn, committed); });
  failed_ = !status.ok();
  if (failed_) {
    refuse(turn);
    return status;
  }
  tell_durable(turn, committed);
  answer(turn, AnswerAt::kRows);
  observer_.on_answered(committed);
  if (std::exchange(recalled_, false)) observer_.on_recalled();
  return status;
}

void EngineCore::tell_durable(Turn& turn, const EngineObserver::Committed& committed) {
  if (std::exchange(turn.durable, true)) return;
  observer_.on_committed(committed);
  answer(turn, AnswerAt::kSync);
  for (Reply& reply : turn.replies) reply.done(std::move(reply.what));
  turn.replies.clear();
}

void EngineCore::collect_replies(Turn& turn) {
  for (ReceivedBatch* batch : turn.batches) {
    if (!batch->finished()) continue;
    Result<StreamHead> what = batch->cursor;
    if (batch->refused) what = *batch->refused;
    turn.replies.push_back({std::exchange(batch->done, {}), std::move(what)});
  }
}

void EngineCore::answer(Turn& turn, AnswerAt when) {
  for (std::size_t i = 0; i < turn.commands.size(); ++i) {
    Command& command = turn.commands[i];
    if (command.answer_at == when) command.done(std::move(turn.answers[i]));
  }
}

// What was told that it is durable is so, whatever failed after it.
void EngineCore::refuse(Turn& turn) {
  for (Command& command : turn.commands) {
    const bool told = turn.durable && command.answer_at == AnswerAt::kSync;
    if (!told) command.done(stopping());
  }
  for (Reply& reply : turn.replies) reply.done(stopping());
  turn.replies.clear();
  for (ReceivedBatch* batch : turn.batches) {
    if (batch->done) std::exchange(batch->done, {})(stopping());
  }
}

Result<Answer> EngineCore::run_command(Transaction& txn, Projection& projection, Command& command) {
  if (!command.key) return decide(txn, projection, command);
  if (const auto row = txn.get(Table::kDedup, command.key->id.view())) {
    if (*row == kAnswerLost.view())
      return Error{Code::kConflict, "Idempotency-Key",
                   "done before this site was restored; its answer is lost"};
    const bool same = std::string_view(*row).substr(0, kBodyHashBytes) == command.key->body.view();
    if (!same) return Error{Code::kKeyReused, "Idempotency-Key", "used before with another body"};
    return row->substr(kBodyHashBytes);
  }
  auto answer = decide(txn, projection, command);
  if (answer.ok()) {
    txn.put(Table::kDedup, command.key->id.view(), Bytes(command.key->body.view()) + *answer);
  }
  return answer;
}

Result<Answer> EngineCore::decide(Transaction& txn, Projection& projection, Command& command) {
  const CommandId id = command.key ? command.key->id : random_.id<CommandId>();
  Decision decision(*this, projection, txn, id);
  if (command.key) decision.key_time_ = command.key->time;
  auto answer = command.decide(decision);
  if (!answer.ok()) return answer;
  OPORA_TRY(carry_out(txn, projection, decision, command.actor));
  return answer;
}

Status EngineCore::carry_out(Transaction& txn, Projection& projection, Decision& decision,
                             const AggregateId& actor) {
  std::vector<Checked> checked;
  for (Draft& draft : decision.drafts_) {
    auto one = check(txn, projection, std::move(draft));
    if (!one.ok()) return one.error();
    checked.push_back(std::move(*one));
  }
  for (Checked& one : checked) append(txn, projection, decision.command_, actor, std::move(one));
  for (const auto& [key, value] : decision.meta_) {
    if (value) {
      txn.put(Table::kMeta, key, *value);
    } else {
      txn.erase(Table::kMeta, key);
    }
  }
  for (const Decision::Write& write : decision.writes_) write(txn);
  return ok_status();
}

void EngineCore::answer_received(Transaction& txn, Projection& projection, const Event& event) {
  Decision decision(*this, projection, txn, CommandId{});
  observer_.on_received(txn, decision, event);
  if (decision.drafts_.empty() && decision.meta_.empty()) return;  // nearly always: no chance used
  decision.command_ = random_.id<CommandId>();
  // Our own words about an event that was good: a refused one is a mistake of ours.
  const Status done = carry_out(txn, projection, decision, event.env.actor);
  OPORA_CHECK(done.ok());
}

Result<EngineCore::Checked> EngineCore::check(const Transaction& txn, Projection& projection,
                                              Draft draft) {
  auto facts = protocol::encode_if_valid(draft.facts);
  if (!facts.ok()) return facts.error();
  auto personal = protocol::encode_if_valid(draft.personal);
  if (!personal.ok()) return personal.error();
  OPORA_TRY(check_key(txn, projection, draft));
  return Checked{std::move(draft), std::move(*facts), std::move(*personal)};
}

// A second key for a record whose first is still on its way would split it: neither side could read
// the other's part. What was offered here and is over gets none any more.
Status EngineCore::check_key(const Transaction& txn, Projection& projection, const Draft& draft) {
  if (draft.personal.empty()) return ok_status();
  const auto kind = protocol::kind_of(protocol::type_of(draft.facts));
  if (!projection.load(*kind, draft.aggregate).exists()) return ok_status();
  if (!projection.awaits_key(draft.aggregate) || vault_.find(txn, draft.aggregate))
    return ok_status();
  const auto* ticket = projection.load(*kind, draft.aggregate).as<protocol::TicketState>();
  const bool over = ticket != nullptr && site() != kHubSite && !protocol::reads(*ticket, site());
  if (over)
    return Error{Code::kConflict, "owner", "the ticket is not this site's to read any more"};
  return Error{Code::kUnavailable, "", "the key of this record has not come yet"};
}

void EngineCore::append(Transaction& txn, Projection& projection, const CommandId& command,
                        const AggregateId& actor, Checked checked) {
  Draft& draft = checked.draft;
  Event event;
  Envelope& env = event.env;
  env.origin = settings_.site;
  env.incarnation = incarnation_;
  env.n = StreamPos{head_.pos.v + 1};
  env.command = command;
  env.prev = head_.chain;
  env.hlt = hlc_.next(event_time());
  env.actor = actor;
  env.type = protocol::type_of(draft.facts);
  env.schema_version = protocol::kFactsSchemaVersion;
  env.aggregate = draft.aggregate;
  env.term = draft.term;
  env.seq = draft.seq;
  const Bytes sealed = seal(txn, projection, draft.aggregate, checked.personal, env.n);
  const Bytes record = protocol::encode_record(env, checked.facts, sealed);
  head_ = {env.n, protocol::chain_of(head_.chain, record)};
  const JournalRef ref{env.origin, env.n, env.incarnation};
  put_record(txn, ref, head_.chain, record);
  if (const std::uint32_t given = counter_given(draft.facts); given != 0) next_counter_ = given + 1;

  event.facts = std::move(draft.facts);
  event.sealed = !sealed.empty();
  // Sealed under no key when the aggregate was erased: nobody reads it, so it is not folded either.
  if (event.sealed) event.personal = std::move(draft.personal);
  fold(txn, projection, event, ref);
}

void EngineCore::fold(Transaction& txn, Projection& projection, const Event& event,
                      const JournalRef& ref) {
  if (is_unread(event)) list_unread(txn, ref);
  projection.apply(event, ref);
  if (!is_unread(event) && event.env.type == protocol::EventType::kErased)
    recent_keys_.forget(event.env.aggregate);
  observer_.on_event(txn, event, ref);
}

std::optional<protocol::DataKey> EngineCore::find_key(const Reader& rows, const AggregateId& id) {
  if (auto recent = recent_keys_.find(id)) return recent;
  auto key = vault_.find(rows, id);
  if (key) recent_keys_.keep(id, *key);
  return key;
}

void EngineCore::promise(TimeMs through) {
  std::int64_t before = promised_.load();
  while (before < through.v && !promised_.compare_exchange_weak(before, through.v)) {
  }
}

TimeMs EngineCore::event_time() const {
  const TimeMs now = clock_.now();
  const TimeMs promised{promised_.load()};
  // No event is dated before the last one: from there on a clock that was set back by years counts.
  const TimeMs at = std::max(now, hlc_.last().time());
  const bool set_back = promised >= at && promised - at <= kMaxPromiseLeadMs;
  return set_back ? promised + 1 : now;
}

Bytes EngineCore::seal(Transaction& txn, Projection& projection, const AggregateId& aggregate,
                       const Bytes& personal, StreamPos n) {
  // After an erasure nothing personal may gather under the same aggregate again.
  if (personal.empty() || projection.is_erased(aggregate)) return {};
  auto key = find_key(txn, aggregate);
  if (!key) {
    key = protocol::DataKey::random(random_);
    vault_.put(txn, aggregate, *key, random_);
    recent_keys_.keep(aggregate, *key);
    streams_.append(txn, Stream::kJournalKeys, settings_.site, aggregate.view(), aggregate.view());
    observer_.on_key(txn, aggregate);
  }
  return protocol::seal(*key, settings_.site, n, aggregate, personal, random_);
}

std::size_t EngineCore::receive(Transaction& txn, Projection& projection, ReceivedBatch& batch,
                                std::size_t at_most) {
  StreamHead& cursor = batch.cursor;
  if (batch.records.empty()) prepare(batch, vault_.vocabulary());
  if (batch.recall && batch.stream == Stream::kJournalKeys) {
    resend_keys(txn, vault_, settings_.site, batch.recall->keys);
    streams_ = {};  // what it knew of heads
    return 0;
  }
  if (batch.recall) begin_recall(txn, *batch.recall, settings_.site);
  cursor = read_cursor(txn, batch.stream, batch.peer);
  const auto afresh = goes_down(batch.stream) ? read_afresh(txn) : std::nullopt;
  std::size_t done = 0;
  for (; done < at_most && !batch.finished(); ++done, ++batch.applied) {
    const Entry& entry = batch.entries[batch.applied];
    if (entry.pos <= cursor.pos) continue;
    if (!next_follows(batch, cursor)) {
      batch.refused = Error{Code::kConflict, "", "does not follow the cursor"};
      break;
    }
    if (entry.withdrawn != 0) {
      cursor = {entry.pos, entry.chain};
      continue;
    }
    if (batch.stream == Stream::kRecall) {
      stage_recalled(txn, vault_, entry, random_);
    } else if (carries_keys(batch.stream)) {
      receive_key(txn, projection, batch, entry);
    } else {
      receive_record(txn, projection, batch, entry);
    }
    if (afresh) mark_afresh(txn, *afresh, batch.stream, entry);
    cursor = {entry.pos, entry.chain};
  }
  put_cursor(txn, batch.stream, batch.peer, cursor);
  const bool all_here =
      batch.recall ? recall_complete(txn) : afresh && afresh_complete(txn, *afresh);
  recalled_ = recalled_ || all_here;
  return done;
}

void EngineCore::receive_key(Transaction& txn, Projection& projection, const ReceivedBatch& batch,
                             const Entry& entry) {
  const std::string_view bytes = entry.bytes;
  const auto aggregate = AggregateId::from(bytes.substr(0, sizeof(AggregateId)));
  // Erased before it was sent when there is no key: the erasure itself follows.
  const auto key = protocol::DataKey::from(bytes.substr(sizeof(AggregateId)));
  OPORA_CHECK(aggregate && (key || bytes.size() == sizeof(AggregateId)));  // well_formed()
  if (!key || projection.is_erased(*aggregate)) return;
  const bool another = vault_.holds(txn, *aggregate);
  if (another) {
    if (vault_.find(txn, *aggregate) == key) return;
    // When a record was lost with its site's store and the site began the aggregate again, the key
    // of the first beginning may be here; or one that was made because that one seemed lost.
    const bool regions = batch.peer == kHubSite;
    const auto from = regions ? Projection::KeyFrom::kRegion : Projection::KeyFrom::kSite;
    if (!projection.gives_way(*aggregate, *key, from))
      return refuse_key(txn, projection, batch.peer, *aggregate);
  }
  vault_.put(txn, *aggregate, *key, random_);
  recent_keys_.keep(*aggregate, *key);
  if (another) projection.key_replaced(*aggregate);
  else projection.key_arrived(*aggregate);
  observer_.on_key(txn, *aggregate);
}

// Two machines of one site: the one that recalled the record before its key was anywhere else made
// a new one, the other brought the key that opens it. Nobody learns a key by sending a wrong one.
void EngineCore::refuse_key(Transaction& txn, Projection& projection, SiteNo peer,
                            const AggregateId& id) {
  const auto known = [&](Kind kind, const AggregateId& of) -> const protocol::Entity& {
    return projection.load(kind, of);
  };
  if (protocol::began(peer, id, known)) observer_.on_key_refused(txn, peer, id);
}

void EngineCore::set_aside(Transaction& txn, const ReceivedBatch& batch, const Entry& entry,
                           const std::string& reason) {
  put_aside(txn, {batch.stream, batch.peer, entry.pos, clock_.now(), reason, entry.bytes});
  observer_.on_set_aside(batch.stream, batch.peer, entry.pos, reason);
}

}  // namespace opora::sync
