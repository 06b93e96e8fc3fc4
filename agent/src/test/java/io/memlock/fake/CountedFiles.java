// SPDX-License-Identifier: Apache-2.0
package io.memlock.fake;

import io.memlock.files.FileOpener;
import io.memlock.files.OpenFile;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Opens files as the JDK does, and remembers which. */
public final class CountedFiles implements FileOpener {

    private final FileOpener jdk = new Jdk();
    private final List<String> opened = new ArrayList<>();

    @Override
    public OpenFile open(File file) throws IOException {
        opened.add(file.getPath());
        return jdk.open(file);
    }

    /** Returns how often a file was opened, by the end of its path. */
    public long count(String end) {
        return opened.stream().filter(path -> path.endsWith(end)).count();
    }
}
