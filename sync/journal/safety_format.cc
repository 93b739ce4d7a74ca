#include "sync/journal/safety_format.h"

#include "sync/journal/crc32c.h"

namespace opora::sync {

namespace {

constexpr std::string_view kMagic = "OPSJ";
constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kFrameHeadBytes = 8;

void put_sized(KeyWriter& out, std::string_view bytes) {
  out.u32(static_cast<std::uint32_t>(bytes.size())).raw(bytes);
}

Bytes take_sized(KeyReader& in) { return Bytes(in.raw(in.u32())); }

std::optional<OwnHead> take_head(KeyReader& in) {
  OwnHead out;
  const bool there = in.u8() != 0;
  out.site = SiteNo{in.u32()};
  out.incarnation = IncarnationId::from(in.raw(sizeof(IncarnationId))).value_or(IncarnationId{});
  out.end.pos = StreamPos{in.u64()};
  out.end.chain = ChainHash::from(in.raw(sizeof(ChainHash))).value_or(ChainHash{});
  return there ? std::optional(out) : std::nullopt;
}

}  // namespace

Bytes encode_segment_head(SiteNo site) {
  return KeyWriter().raw(kMagic).u8(kVersion).u32(site.v).take();
}

Bytes encode_safety_frame(const OwnCommit& commit) {
  const OwnHead head = commit.head.value_or(OwnHead{});
  KeyWriter body;
  body.u64(commit.first.v)
      .u8(commit.head ? 1 : 0)
      .u32(head.site.v)
      .raw(head.incarnation.view())
      .u64(head.end.pos.v)
      .raw(head.end.chain.view())
      .u64(commit.keys_end.v)
      .u32(static_cast<std::uint32_t>(commit.rows.size()));
  for (const GuardedRow& row : commit.rows) {
    body.u8(static_cast<std::uint8_t>(row.table));
    put_sized(body, row.key);
    put_sized(body, row.value);
  }
  return KeyWriter()
      .u32(static_cast<std::uint32_t>(body.bytes().size()))
      .u32(crc32c(body.bytes()))
      .raw(body.bytes())
      .take();
}

std::optional<OwnCommit> decode_safety_body(std::string_view body) {
  KeyReader in(body);
  OwnCommit out;
  out.first = StreamPos{in.u64()};
  out.head = take_head(in);
  out.keys_end = StreamPos{in.u64()};
  const std::uint32_t count = in.u32();
  for (std::uint32_t i = 0; i < count && in.ok(); ++i) {
    GuardedRow row{static_cast<Table>(in.u8()), {}, {}};
    if (static_cast<std::size_t>(row.table) >= kTableCount) return std::nullopt;
    row.key = take_sized(in);
    row.value = take_sized(in);
    out.rows.push_back(std::move(row));
  }
  if (!in.at_end()) return std::nullopt;
  return out;
}

Result<SegmentScan> scan_segment(std::string_view file, SiteNo site,
                                 const std::function<bool(const OwnCommit&)>& visit) {
  const Bytes head = encode_segment_head(site);
  SegmentScan out;
  if (file.size() < head.size()) return out;  // it was just begun
  if (!file.starts_with(head)) return Error{Code::kCorrupt, "", "no safety journal of this site"};
  out.whole_bytes = head.size();
  while (true) {
    KeyReader in(file.substr(out.whole_bytes));
    if (in.rest().empty()) break;
    const std::size_t size = in.u32();
    const std::uint32_t crc = in.u32();
    const std::string_view body = in.raw(size);
    if (!in.ok() || size == 0 || size > kMaxSafetyFrame || crc32c(body) != crc) return out;
    const auto commit = decode_safety_body(body);
    if (!commit) return out;
    out.whole_bytes += kFrameHeadBytes + size;
    if (!visit(*commit)) break;
  }
  out.whole = true;
  return out;
}

}  // namespace opora::sync
