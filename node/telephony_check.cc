#include "node/telephony_check.h"

#include <array>
#include <fstream>
#include <iostream>

#include "node/telephony/check/phone_check.h"
#include "protocol/base/bytes.h"
#include "protocol/base/hash.h"
#include "web/app/password_file.h"

namespace opora::node {

namespace ari = telephony::ari;

namespace {

// Two runs at once do not meet.
std::string mark() {
  std::array<char, 4> bytes{};
  SystemRandom().fill(bytes.data(), bytes.size());
  return to_hex({bytes.data(), bytes.size()});
}

Result<ari::Access> read_access(const CallSettings& settings) {
  std::ifstream in(settings.ari, std::ios::binary);
  if (!in) return invalid("ari", settings.ari + ": cannot be read");
  std::string text(ari::kMaxSettingsBytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  auto access = ari::read_access(text);
  if (!access.ok())
    return invalid("ari",
                   settings.ari + ": " + access.error().path + ": " + access.error().message);
  auto password = app::read_password_file(settings.password_file, "ari-password-file");
  if (!password.ok()) return password.error();
  access->remote.password = std::move(*password);
  return access;
}

void print(const telephony::Checked& each) {
  std::cout << (each.good ? "ok    " : "FAIL  ") << each.name << ": " << each.said << std::endl;
}

}  // namespace

int check_telephony(const CallSettings& settings) {
  auto access = read_access(settings);
  if (!access.ok()) {
    std::cerr << "--" << access.error().path << ": " << access.error().message << "\n";
    return 2;
  }
  return telephony::PhoneCheck(std::move(*access), mark()).run(print) ? 0 : 1;
}

}  // namespace opora::node
