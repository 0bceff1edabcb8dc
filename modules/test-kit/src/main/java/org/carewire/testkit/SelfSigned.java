package org.carewire.testkit;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A certificate for 127.0.0.1 that no authority has signed, so that it is one itself. */
public final class SelfSigned {
  private static final String PASSWORD = "changeit";
  private static final long KEYTOOL_SECONDS = 30;

  private SelfSigned() {}

  static SSLContext context(Path folder) {
    try {
      var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(make(folder), PASSWORD.toCharArray());
      var context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return context;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Writes {@code certificate.pem} and {@code key.pem}.
   *
   * @param folder that is there and has neither
   */
  public static void writePem(Path folder) {
    try {
      KeyStore store = make(folder);
      String alias = store.aliases().nextElement();
      write(
          folder.resolve("certificate.pem"),
          "CERTIFICATE",
          store.getCertificate(alias).getEncoded());
      write(
          folder.resolve("key.pem"),
          "PRIVATE KEY",
          store.getKey(alias, PASSWORD.toCharArray()).getEncoded());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void write(Path file, String label, byte[] content) throws IOException {
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    Files.writeString(
        file, "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n");
  }

  private static KeyStore make(Path folder) throws IOException, GeneralSecurityException {
    File file = folder.resolve("self-signed.p12").toFile();
    make(file);
    return KeyStore.getInstance(file, PASSWORD.toCharArray());
  }

  private static void make(File file) throws IOException {
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-dname",
                "CN=127.0.0.1",
                "-ext",
                "san=ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                file.toString())
            .inheritIO()
            .start();
    try {
      if (!keytool.waitFor(KEYTOOL_SECONDS, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
        throw new IOException("keytool failed");
      }
    } catch (InterruptedException e) {
      throw EventInbox.interrupted(e);
    }
  }
}
