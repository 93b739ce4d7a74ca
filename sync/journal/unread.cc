#include "sync/journal/unread.h"

#include "protocol/base/check.h"

namespace opora::sync {

namespace {

Bytes prefix() { return KeyWriter().text("unread").take(); }
Bytes row(const JournalRef& ref) { return KeyWriter().raw(prefix()).raw(ref.key()).take(); }

}  // namespace

void list_unread(Transaction& txn, const JournalRef& ref) { txn.put(Table::kMeta, row(ref), ""); }

void refuse_unread(Transaction& txn, const JournalRef& ref, std::string_view reason) {
  OPORA_CHECK(!reason.empty());
  txn.put(Table::kMeta, row(ref), reason);
}

void unlist_unread(Transaction& txn, const JournalRef& ref) { txn.erase(Table::kMeta, row(ref)); }

std::vector<UnreadRow> unread_rows(const Reader& rows) {
  std::vector<UnreadRow> out;
  const Bytes family = prefix();
  rows.scan_prefix(Table::kMeta, family, [&](std::string_view key, std::string_view value) {
    if (const auto ref = JournalRef::from_key(key.substr(family.size())))
      out.push_back({*ref, std::string(value)});
    return true;
  });
  return out;
}

std::set<JournalRef> unread_refs(const Reader& rows) {
  std::set<JournalRef> out;
  for (const UnreadRow& row : unread_rows(rows)) out.insert(row.ref);
  return out;
}

}  // namespace opora::sync
