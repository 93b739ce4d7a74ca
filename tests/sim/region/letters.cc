#include "tests/sim/region/letters.h"

#include "tests/support/region.h"

namespace opora::sim {

namespace {

std::string id_in(const std::string& wire) {
  static const std::string kBefore = "Message-ID: <";
  const std::size_t at = wire.find(kBefore);
  if (at == std::string::npos) return {};
  const std::size_t from = at + kBefore.size();
  return wire.substr(from, wire.find('@', from) - from);
}

}  // namespace

std::size_t LetterBook::handed(SiteNo site, std::uint64_t life,
                               const node::OutgoingLetter& letter) {
  letters_.push_back({site,
                      life,
                      sim_.timeline.now_ms(),
                      id_in(letter.wire),
                      letter.to,
                      letter.ticket,
                      false,
                      Handed::End::kUnderWay,
                      {},
                      false});
  return letters_.size() - 1;
}

CommandId LetterBook::next_command() {
  const auto key = testing::key_of("letter" + std::to_string(commands_.size()));
  commands_.insert(key.id);
  return key.id;
}

}  // namespace opora::sim
