package org.carewire.server;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameEndingWith;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.vertx.sqlclient.SqlClient;
import java.time.Instant;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The rules of docs/architecture.md that a machine can check. */
class ArchitectureTest {
  private static JavaClasses production;

  @BeforeAll
  static void read() {
    production =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("test-kit"))
            .importPackages("org.carewire");
  }

  @Test
  void modulesUseOnlyTheModulesBelowThem() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("protocol")
        .definedBy("org.carewire.protocol")
        .layer("platform")
        .definedBy("org.carewire.platform")
        .layer("rooms")
        .definedBy("org.carewire.rooms")
        .layer("chat")
        .definedBy("org.carewire.chat")
        .layer("presence")
        .definedBy("org.carewire.presence")
        .layer("signaling")
        .definedBy("org.carewire.signaling")
        .layer("notifications")
        .definedBy("org.carewire.notifications")
        .layer("gateway")
        .definedBy("org.carewire.gateway")
        .layer("server")
        .definedBy("org.carewire.server")
        .whereLayer("server")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("chat")
        .mayOnlyBeAccessedByLayers("server")
        .whereLayer("presence")
        .mayOnlyBeAccessedByLayers("server")
        .whereLayer("signaling")
        .mayOnlyBeAccessedByLayers("server")
        .whereLayer("notifications")
        .mayOnlyBeAccessedByLayers("server")
        .whereLayer("gateway")
        .mayOnlyBeAccessedByLayers("server")
        .whereLayer("rooms")
        .mayOnlyBeAccessedByLayers("chat", "presence", "signaling", "notifications", "server")
        .whereLayer("platform")
        .mayOnlyBeAccessedByLayers(
            "rooms", "chat", "presence", "signaling", "notifications", "gateway", "server")
        .check(production);
  }

  @Test
  void protocolKnowsOnlyJacksonAndTheJdk() {
    classes()
        .that()
        .resideInAPackage("org.carewire.protocol")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "org.carewire.protocol", "java..", "com.fasterxml.jackson..", "org.jspecify..")
        .check(production);
  }

  @Test
  void onlyStoresAndThePlatformSpeakSql() {
    noClasses()
        .that(
            not(simpleNameEndingWith("Store")).and(not(resideInAPackage("org.carewire.platform"))))
        .should()
        .callMethodWhere(
            target(owner(assignableTo(SqlClient.class)))
                .and(target(nameMatching("query|prepared.*"))))
        .check(production);
  }

  @Test
  void onlyTheBusTouchesTheEventBus() {
    noClasses()
        .that()
        .resideOutsideOfPackage("org.carewire.platform")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.vertx.core.eventbus..")
        .check(production);
  }

  @Test
  void contextsShowNothingButTheirVerticle() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "org.carewire.chat",
            "org.carewire.presence",
            "org.carewire.signaling",
            "org.carewire.notifications",
            "org.carewire.gateway")
        .and()
        .arePublic()
        .and()
        .areTopLevelClasses()
        .should()
        .haveNameNotMatching(
            ".*\\.(ChatVerticle|PresenceVerticle|SignalingVerticle|SignalingConfig|NotificationsVerticle|NotificationsConfig|GatewayVerticle|GatewayConfig|Rechecking|Revocations|SharedLimits|TokenKeys)")
        .check(production);
  }

  @Test
  void noNameSaysNothing() {
    noClasses().should().haveNameMatching(".*(Manager|Helper|Utils?|Impl)").check(production);
  }

  @Test
  void nobodySleeps() {
    noClasses()
        .should()
        .callMethodWhere(
            target(owner(assignableTo(Thread.class))).and(target(nameMatching("sleep"))))
        .check(production);
  }

  @Test
  void timeComesFromAClock() {
    noClasses()
        .that()
        .resideOutsideOfPackage("org.carewire.server")
        .should()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .check(production);
  }
}
