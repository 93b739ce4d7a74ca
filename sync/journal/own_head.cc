#include "sync/journal/own_head.h"

#include <algorithm>

namespace opora::sync {

namespace {

constexpr std::uint8_t kVersion = 1;

Bytes loss_prefix() { return KeyWriter().text("loss").take(); }
Bytes loss_key(std::uint32_t ordinal) { return KeyWriter().raw(loss_prefix()).u32(ordinal).take(); }

ChainHash chain_of(KeyReader& in) {
  return ChainHash::from(in.raw(sizeof(ChainHash))).value_or(ChainHash{});
}

Loss decode_loss(std::string_view value) {
  KeyReader in(value);
  Loss out;
  out.at = TimeMs{in.i64()};
  out.site = SiteNo{in.u32()};
  out.from = StreamPos{in.u64()};
  out.to = StreamPos{in.u64()};
  out.chain = chain_of(in);
  out.text = std::string(in.rest());
  return out;
}

}  // namespace

Bytes encode_own_head(const OwnHead& head) {
  return KeyWriter()
      .u8(kVersion)
      .u32(head.site.v)
      .raw(head.incarnation.view())
      .u64(head.end.pos.v)
      .raw(head.end.chain.view())
      .take();
}

std::optional<OwnHead> decode_own_head(std::string_view bytes) {
  KeyReader in(bytes);
  if (in.u8() != kVersion) return std::nullopt;
  OwnHead out;
  out.site = SiteNo{in.u32()};
  const auto incarnation = IncarnationId::from(in.raw(sizeof(IncarnationId)));
  out.end.pos = StreamPos{in.u64()};
  out.end.chain = chain_of(in);
  if (!in.at_end() || !incarnation) return std::nullopt;
  out.incarnation = *incarnation;
  return out;
}

OwnHead own_head(const Reader& rows, SiteNo site) {
  const auto last = last_record(rows, site);
  if (!last) return {site, {}, {}};
  return {site, last->ref.incarnation, {last->ref.n, last->chain}};
}

std::optional<OwnHead> read_own_head(const Note& note) {
  const auto& content = note.content();
  return content ? decode_own_head(*content) : std::nullopt;
}

HeadFinding compare_head(const Reader& rows, const OwnHead& head) {
  if (head.end.pos.v == 0) return HeadFinding::kHere;
  if (own_head(rows, head.site).end.pos < head.end.pos) return HeadFinding::kShort;
  return journal_chain_at(rows, head.site, head.end.pos) == head.end.chain ? HeadFinding::kHere
                                                                           : HeadFinding::kOther;
}

void put_loss(Transaction& txn, const Loss& loss) {
  std::vector<std::uint32_t> there;
  txn.scan_prefix(Table::kMeta, loss_prefix(), [&](std::string_view key, std::string_view) {
    there.push_back(KeyReader(key.substr(loss_prefix().size())).u32());
    return true;
  });
  if (there.size() >= kMaxLosses) txn.erase(Table::kMeta, loss_key(there.front()));
  txn.put(Table::kMeta, loss_key(there.empty() ? 1 : there.back() + 1),
          KeyWriter()
              .i64(loss.at.v)
              .u32(loss.site.v)
              .u64(loss.from.v)
              .u64(loss.to.v)
              .raw(loss.chain.view())
              .raw(loss.text)
              .take());
}

std::vector<Loss> losses(const Reader& rows) {
  std::vector<Loss> out;
  rows.scan_prefix(Table::kMeta, loss_prefix(), [&](std::string_view, std::string_view value) {
    out.push_back(decode_loss(value));
    return true;
  });
  return out;
}

bool is_back(const Reader& rows, const Loss& loss) {
  return loss.to.v > 0 && journal_chain_at(rows, loss.site, loss.to) == loss.chain;
}

std::string describe(const Reader& rows, const Loss& loss) {
  if (loss.from.v == 0) return loss.text;
  const std::string out = loss.text + "; records " + std::to_string(loss.from.v) + " to " +
                          std::to_string(loss.to.v) + " of the journal were lost";
  return out + (is_back(rows, loss) ? "; they are here again" : "; not here again");
}

}  // namespace opora::sync
