#include "node/speak_greetings.h"

#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <thread>
#include <vector>

#include <spawn.h>

#include "node/telephony/ari/greetings.h"
#include "node/telephony/ari/settings_file.h"
#include "web/app/data_folder.h"

namespace opora::node {

namespace fs = std::filesystem;
namespace ari = telephony::ari;

namespace {

// The longest text takes espeak-ng a second on a slow machine.
constexpr std::chrono::seconds kPatience{60};
constexpr std::chrono::milliseconds kLook{10};

Result<std::string> read_file(const fs::path& path, std::size_t most) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return invalid("", path.string() + ": cannot be read");
  std::string text(most + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

Result<std::vector<ari::Greeting>> greetings(const GreetingSettings& settings) {
  if (settings.ari.empty()) return invalid("ari", "required: its sounds.texts are spoken");
  auto json = read_file(settings.ari, ari::kMaxSettingsBytes);
  if (!json.ok()) return invalid("ari", json.error().message);
  auto found = ari::read_greetings(*json);
  if (!found.ok())
    return invalid("ari", settings.ari + ": " + found.error().path + ": " + found.error().message);
  if (!fs::is_directory(settings.folder))
    return invalid("speak-greetings", settings.folder + ": no such folder");
  return found;
}

// Until it ends, or its time is over. No shell reads the words.
Status run(const std::vector<std::string>& words) {
  std::vector<char*> argv;
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  pid_t child = 0;
  if (const int why = posix_spawnp(&child, argv[0], nullptr, nullptr, argv.data(), environ);
      why != 0) {
    return Error{Code::kUnavailable, "",
                 words[0] + " (Debian's package of this name): " + std::strerror(why)};
  }
  const auto end = std::chrono::steady_clock::now() + kPatience;
  int status = 0;
  while (waitpid(child, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > end) kill(child, SIGKILL);
    std::this_thread::sleep_for(kLook);
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return ok_status();
  return Error{Code::kUnavailable, "", words[0] + " did not succeed"};
}

// Where a text's sound is, and what stands there while it is made.
struct Places {
  explicit Places(const fs::path& base)
      : sound(base.string() + ".wav"),
        text(base.string() + ".txt"),
        spoken(base.string() + ".spoken"),
        made(base.string() + ".new") {}
  fs::path sound;
  fs::path text;
  fs::path spoken;  // as espeak-ng has it
  fs::path made;    // as telephones have it; here after a run that was cut off
};

// What the sidecar says: another voice is another sound.
std::string note_of(const std::string& text, const std::string& voice) {
  return voice + "\n" + text + "\n";
}

Status speak(const Places& at, const std::string& text, const std::string& voice) {
  std::error_code failed;
  fs::create_directories(at.sound.parent_path(), failed);
  if (failed) return Error{Code::kUnavailable, "", failed.message()};
  const fs::path said = at.made.string() + ".txt";
  OPORA_TRY(app::write_file_atomically(said, text));
  Status done = run({"espeak-ng", "-v", voice, "-b", "1", "-f", said, "-w", at.spoken});
  if (done.ok()) {
    done = run({"sox", "-t", "wav", at.spoken, "-t", "wav", "-r", "8000", "-c", "1", "-b", "16",
                "-e", "signed-integer", at.made, "norm", "-3"});
  }
  fs::remove(at.spoken, failed);
  if (done.ok()) {
    done = app::write_file_atomically(at.text, note_of(text, voice));
    if (done.ok()) fs::rename(at.made, at.sound, failed);
    if (failed) done = Error{Code::kUnavailable, "", failed.message()};
  }
  fs::remove(said, failed);
  if (!done.ok()) fs::remove(at.made, failed);
  return done;
}

bool stands(const Places& at, const std::string& note) {
  if (!fs::exists(at.sound) || fs::exists(at.made)) return false;
  const auto said = read_file(at.text, 5 * ari::kMaxGreetingChars);
  return said.ok() && *said == note;
}

// Whether the text can be heard now, or somebody's own words.
bool bring(const ari::Greeting& one, const GreetingSettings& settings) {
  const Places at(fs::path(settings.folder) / one.path);
  const auto say = [&](const char* what, const std::string& why = "") {
    std::cout << what << "  " << at.sound.string() << (why.empty() ? "" : ": ") << why << std::endl;
  };
  if (stands(at, note_of(one.text, settings.voice))) return say("as it was"), true;
  if (fs::exists(at.sound) && !fs::exists(at.text))
    return say("kept", "not spoken by Opora; move it away to have the text spoken"), true;
  const Status done = speak(at, one.text, settings.voice);
  if (!done.ok()) return say("FAIL", done.error().message), false;
  return say("spoken"), true;
}

}  // namespace

int speak_greetings(const GreetingSettings& settings) {
  const auto texts = greetings(settings);
  if (!texts.ok()) {
    std::cerr << "--" << texts.error().path << ": " << texts.error().message << "\n";
    return 2;
  }
  bool all = true;
  for (const ari::Greeting& one : *texts) all = bring(one, settings) && all;
  return all ? 0 : 1;
}

}  // namespace opora::node
