#include "sync/feed/marks.h"

namespace opora::sync {
namespace {

Bytes forks() { return KeyWriter().text("fork").take(); }
Bytes fork_key(SiteNo site) { return KeyWriter().raw(forks()).u32(site.v).take(); }
Bytes safe_key(StreamKind stream, SiteNo site) {
  return KeyWriter().text("safe").u16(static_cast<std::uint16_t>(stream)).u32(site.v).take();
}
Bytes known_hub_key() { return KeyWriter().text("known-hub").take(); }

}  // namespace

std::optional<Fork> read_fork(const Reader& rows, SiteNo site) {
  const auto row = rows.get(Table::kMeta, fork_key(site));
  if (!row) return std::nullopt;
  KeyReader in(*row);
  Fork fork;
  fork.incarnation = IncarnationId::from(in.raw(sizeof(IncarnationId))).value_or(IncarnationId{});
  fork.common = StreamPos{in.u64()};
  fork.decision = static_cast<protocol::Verdict>(in.u8());
  return fork;
}

MetaRow fork_row(SiteNo site, const std::optional<Fork>& fork) {
  if (!fork) return {fork_key(site), std::nullopt};
  return {fork_key(site), KeyWriter()
                              .raw(fork->incarnation.view())
                              .u64(fork->common.v)
                              .u8(static_cast<std::uint8_t>(fork->decision))
                              .take()};
}

std::vector<SiteNo> forked_sites(const Reader& rows) {
  std::vector<SiteNo> out;
  rows.scan_prefix(Table::kMeta, forks(), [&](std::string_view key, std::string_view) {
    out.push_back(SiteNo{KeyReader(key.substr(forks().size())).u32()});
    return true;
  });
  return out;
}

std::vector<std::pair<StreamKind, StreamPos>> read_safe(const Reader& rows, SiteNo site) {
  std::vector<std::pair<StreamKind, StreamPos>> out;
  for (const StreamKind stream : streams_up()) {
    if (const auto row = rows.get(Table::kMeta, safe_key(stream, site)))
      out.emplace_back(stream, StreamPos{KeyReader(*row).u64()});
  }
  return out;
}

MetaRow safe_row(StreamKind stream, SiteNo site, StreamPos safe) {
  return {safe_key(stream, site), KeyWriter().u64(safe.v).take()};
}

IncarnationId read_known_hub(const Reader& rows) {
  const auto row = rows.get(Table::kMeta, known_hub_key());
  return row ? IncarnationId::from(*row).value_or(IncarnationId{}) : IncarnationId{};
}

MetaRow known_hub_row(const IncarnationId& opening) {
  return {known_hub_key(), Bytes(opening.view())};
}

}  // namespace opora::sync
