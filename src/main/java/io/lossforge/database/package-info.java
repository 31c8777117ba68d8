/** PostgreSQL kept in the data directory, for a service that was given no database. */
@ApplicationModule(allowedDependencies = {"storage"})
@NullMarked
package io.lossforge.database;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
