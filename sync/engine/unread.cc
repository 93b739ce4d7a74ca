// What came while this store's daemon was of a version that could not read it: folded by the one
// that can, in slices between the turns.
#include "sync/journal/unread.h"

#include "protocol/domain/authority.h"
#include "sync/engine/engine_core.h"

namespace opora::sync {

using protocol::Event;
using protocol::Kind;

namespace {

bool readable(const Reader& rows, const Vault& vault, const JournalRef& ref) {
  const auto row = read_record(rows, ref);
  if (!row) return true;  // it is gone: nothing is left to read
  const auto sealed = decode_sealed(row->record, vault.vocabulary());
  return !sealed.ok() || !is_unread(sealed->event);
}

}  // namespace

void EngineCore::find_readable(const Reader& rows) {
  for (const UnreadRow& row : unread_rows(rows)) {
    if (row.refused.empty() && readable(rows, vault_, row.ref)) readable_.push_back(row.ref);
  }
}

Status EngineCore::read_unread() {
  if (readable_.empty()) return ok_status();
  OPORA_TRY(settle());
  if (failed_) return Error{Code::kUnavailable, "", "the store failed"};
  auto txn = store_.begin();
  Projection projection(*txn, vault_, &entities_);
  for (std::size_t i = 0; i < kRemoteSlice && !readable_.empty(); ++i) {
    read_again(*txn, projection, readable_.front());
    readable_.pop_front();
  }
  projection.flush();
  observer_.on_folded();
  std::vector<Command> nobodys;
  Turn turn{nobodys, {}};
  return commit(turn, *txn, {projection.touched(), head_.pos});
}

void EngineCore::read_again(Transaction& txn, Projection& projection, const JournalRef& ref) {
  unlist_unread(txn, ref);
  // It went with a store, or a recall gave it another name and the rebuild behind that folded it.
  const auto row = read_record(txn, ref);
  if (!row) return;
  auto sealed = decode_sealed(row->record, vault_.vocabulary());
  auto event = sealed.ok() ? unseal(std::move(*sealed),
                                    [&](const AggregateId& id) { return find_key(txn, id); })
                           : Result<Event>(sealed.error());
  const Status believed = event.ok() ? may_be_folded(projection, *event) : Status(event.error());
  if (!believed.ok()) return refuse(txn, ref, believed.error());
  // What happened here was told to the observer then, by the version that did it.
  if (ref.origin == settings_.site) return projection.apply(*event, ref);
  fold(txn, projection, *event, ref);
  answer_received(txn, projection, *event);
}

// As when it came: the region asks what a site may say, a site believes the region.
Status EngineCore::may_be_folded(Projection& projection, const Event& event) const {
  if (settings_.site != kHubSite) return protocol::may_ever_say(event);
  return protocol::may_say(event, [&](Kind kind, const AggregateId& id) -> const protocol::Entity& {
    return projection.load(kind, id);
  });
}

// A record that stands in the journal and folds nowhere: others may have it from here, and the
// streams point at it.
void EngineCore::refuse(Transaction& txn, const JournalRef& ref, const Error& why) {
  const std::string reason = "not folded: " + why.path + ": " + why.message;
  refuse_unread(txn, ref, reason);
  observer_.on_set_aside(Stream::kJournal, ref.origin, ref.n, reason);
}

}  // namespace opora::sync
