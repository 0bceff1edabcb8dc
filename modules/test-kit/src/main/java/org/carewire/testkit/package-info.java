/** Real servers and clients for tests. */
@NullMarked
package org.carewire.testkit;

import org.jspecify.annotations.NullMarked;
